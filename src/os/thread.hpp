#pragma once

// A thread, or why there is none: the host may allow no more of them, which the library throws.

#include "base/result.hpp"

#include <system_error>
#include <thread>
#include <utility>

namespace os {

template <class Work> base::Result<std::thread> start_thread(Work work) {
    try {
        return std::thread{std::move(work)};
    } catch (std::system_error const& error) {
        return std::unexpected(base::Errno{error.code().value()});
    }
}

} // namespace os
