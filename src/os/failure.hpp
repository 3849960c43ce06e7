#pragma once

// A failure as the user hears of it: its stable name (protocol/failure) and what happened, to what,
// and what to do.

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace os {

struct Failure {
    std::string_view name; // one of protocol::failure_kinds
    std::string text; // one line, without a full stop before the advice: "bind [::]:443: ...; ..."
    std::string hint =
        {}; // what to do about this very case, instead of the general advice; may be empty
};

// What the error number means: "Connection refused".
std::string_view description(base::Errno error);

template <class T> using OrFailure = base::Result<T, Failure>;

} // namespace os
