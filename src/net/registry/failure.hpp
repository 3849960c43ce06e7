#pragma once

// What can go wrong with a registry, by its stable name.

#include "net/channel.hpp"
#include "os/failure.hpp"

#include <string>

namespace net::registry {

inline std::unexpected<os::Failure>
failure(std::string_view name, std::string text, std::string hint = {}) {
    return std::unexpected(
        os::Failure{.name = name, .text = std::move(text), .hint = std::move(hint)}
    );
}

} // namespace net::registry
