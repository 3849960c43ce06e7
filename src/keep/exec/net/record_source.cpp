#include "keep/exec/net/record_source.hpp"

#include <algorithm>

namespace exec::net {

std::span<std::byte const> RecordSource::next(std::size_t records) {
    bool const last = rest_.size() == 1;
    bool const full = rest_.front().size() - used_ >= record_size;
    if (last || full) return take(records * record_size); // no copy

    std::size_t count = 0;
    while (!done() && count < gathered_.size()) {
        auto const piece = take(gathered_.size() - count);
        std::ranges::copy(piece, gathered_.begin() + static_cast<std::ptrdiff_t>(count));
        count += piece.size();
    }
    return std::span{gathered_}.first(count);
}

std::span<std::byte const> RecordSource::take(std::size_t limit) {
    auto const left = rest_.front().subspan(used_);
    auto const taken = left.first(std::min(limit, left.size()));
    used_ += taken.size();
    skip_empty();
    return taken;
}

void RecordSource::skip_empty() {
    while (!rest_.empty() && used_ == rest_.front().size()) {
        rest_ = rest_.subspan(1);
        used_ = 0;
    }
}

} // namespace exec::net
