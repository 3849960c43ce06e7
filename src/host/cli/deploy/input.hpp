#pragma once

// Standard input on its way to a Keep. What was sent last is kept, since a connection that breaks
// loses what the Keep has not had yet.

#include "base/view.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace host::cli {

class Input {
public:
    static constexpr std::size_t piece = std::size_t{64} << 10; // that is sent at once
    // More than the buffers between here and a Keep hold.
    static constexpr std::size_t usual_most = std::size_t{16} << 20;

    explicit Input(std::size_t most = usual_most) : most_{most} {}

    // What is sent now; nothing: the end.
    void add(base::View bytes);
    bool ended() const { return ended_; }
    // A Keep has had so much, the end counting as one: what is to be sent again, in pieces, of
    // which an empty one is the end. Nothing: it is no longer all here. Where nothing was sent yet,
    // what the Keep has is of somebody who came before, and this goes on behind it.
    std::optional<std::vector<std::vector<std::byte>>> from(std::uint64_t had);

private:
    std::size_t most_;
    std::uint64_t first_ = 0; // number of the first byte that is kept
    std::deque<std::byte> kept_;
    bool begun_ = false;
    bool ended_ = false;
};

} // namespace host::cli
