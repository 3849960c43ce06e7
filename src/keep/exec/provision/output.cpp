#include "keep/exec/provision/output.hpp"

#include <algorithm>

namespace exec::provision {

void Output::add(std::uint8_t stream, base::View bytes) {
    // Small writes share a piece.
    constexpr std::size_t piece_size = std::size_t{16} << 10;
    while (!bytes.empty()) {
        bool const fits = !pieces_.empty() && pieces_.back().stream == stream &&
                          pieces_.back().bytes.size() < piece_size;
        if (!fits) pieces_.push_back({.stream = stream, .bytes = {}});
        auto& piece = pieces_.back().bytes;
        auto const taken = std::min(bytes.size(), piece_size - piece.size());
        piece.insert(
            piece.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken)
        );
        bytes = bytes.subspan(taken);
        kept_ += taken;
    }
    while (kept_ > most_) {
        auto const size = pieces_.front().bytes.size();
        pieces_.pop_front();
        first_ += size;
        kept_ -= size;
    }
}

std::uint64_t Output::lost_from(std::uint64_t number) const {
    return number < first_ ? first_ - number : 0;
}

std::vector<Output::Piece> Output::from(std::uint64_t number) const {
    std::vector<Piece> out;
    auto at = first_;
    for (auto const& piece : pieces_) {
        auto const end = at + piece.bytes.size();
        if (end > number) {
            auto const skipped = number > at ? number - at : 0;
            out.push_back(
                {.stream = piece.stream,
                 .bytes = {
                     piece.bytes.begin() + static_cast<std::ptrdiff_t>(skipped), piece.bytes.end()
                 }}
            );
        }
        at = end;
    }
    return out;
}

} // namespace exec::provision
