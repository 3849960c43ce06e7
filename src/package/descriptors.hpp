#pragma once

// How many descriptors of the host a Keep may need: the application's, and those that clients cost
// before the application has them, and after it has closed them.

#include "package/configuration.hpp"

#include <algorithm>
#include <cstddef>
#include <variant>

namespace package {

// Clients of one TLS listener that are in their handshake.
constexpr std::size_t handshakes_at_once(Limits const& limits) {
    return std::max<std::size_t>(256, limits.sockets);
}

// Connections that the application has closed while something was on its way to the peer.
inline constexpr std::size_t closing_at_once = 128;

inline std::size_t descriptors(Configuration const& configuration) {
    constexpr std::size_t own = 64; // module, folders, what makes the Keep
    auto count = configuration.limits.open_files + own + closing_at_once;
    for (auto const& file : configuration.files) {
        auto const* listen = std::get_if<Listen>(&file);
        if (listen != nullptr && listen->protocol == Protocol::Tls)
            count += handshakes_at_once(configuration.limits);
    }
    return count;
}

} // namespace package
