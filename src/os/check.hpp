#pragma once

// What a system call of libc answered, as a Result.

#include "base/result.hpp"
#include "os/fd.hpp"

#include <cerrno>
#include <concepts>

namespace os {

inline base::Errno last_error() { return base::Errno{errno}; }

// `call` is the value that libc returned: negative means that errno says why.
template <std::signed_integral T> base::Result<T> check(T call) {
    if (call < 0) return std::unexpected(last_error());
    return call;
}

inline base::Result<void> done(int call) {
    if (call < 0) return std::unexpected(last_error());
    return {};
}

inline base::Result<Fd> check_fd(int call) {
    if (call < 0) return std::unexpected(last_error());
    return Fd{call};
}

// Calls again as long as a signal cut the call short.
template <class Call> auto retry(Call&& call) {
    auto value = call();
    while (value < 0 && errno == EINTR) value = call();
    return value;
}

} // namespace os
