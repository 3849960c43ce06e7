#include "os/failure.hpp"

#include <cstring>

namespace os {

std::string_view description(base::Errno error) {
    char const* const text = ::strerrordesc_np(static_cast<int>(error));
    return text != nullptr ? text : "unknown error";
}

} // namespace os
