#pragma once

// What a server gives to those who ask it, before it knows who they are.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace net::server {

struct Limits {
    std::size_t connections = 16'384; // beyond, those that have been quiet longest are closed
    std::uint32_t header = 16 << 10;
    std::size_t fields = 100; // of a header; each takes more memory than it has bytes
    // Of all requests that are still coming, together; beyond, those that take longest are closed.
    std::size_t memory = std::size_t{128} << 20;

    std::chrono::milliseconds request{10'000}; // from its first byte to its last, handshake with it
    std::chrono::milliseconds idle{60'000};    // between two requests
    // How long so many bytes of a streamed body, or of an answer, may take.
    std::chrono::milliseconds stall{10'000};
    std::size_t progress = std::size_t{64} << 10;
};

} // namespace net::server
