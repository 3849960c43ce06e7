#pragma once

// What an application has written to its standard streams, as far as it is kept: a tenant who comes
// back gets what it has missed, from the byte on that it names.

#include "base/view.hpp"

#include <cstdint>
#include <deque>
#include <vector>

namespace exec::provision {

class Output {
public:
    explicit Output(std::size_t most) : most_{most} {}

    struct Piece {
        std::uint8_t stream = 1;
        std::vector<std::byte> bytes;
    };

    void add(std::uint8_t stream, base::View bytes);
    // All that is kept from the byte of that number on, counted over all streams.
    std::vector<Piece> from(std::uint64_t number) const;
    // How many of the bytes from that one on are no longer there.
    std::uint64_t lost_from(std::uint64_t number) const;
    std::uint64_t end() const { return first_ + kept_; }

private:
    std::size_t most_;
    std::uint64_t first_ = 0; // number of the first byte that is kept
    std::size_t kept_ = 0;
    std::deque<Piece> pieces_;
};

} // namespace exec::provision
