#include "host/cli/deploy/input.hpp"

#include <algorithm>

namespace host::cli {

void Input::add(base::View bytes) {
    begun_ = true;
    ended_ = bytes.empty();
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    auto const many = kept_.size() - std::min(kept_.size(), most_);
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(many));
    first_ += many;
}

std::optional<std::vector<std::vector<std::byte>>> Input::from(std::uint64_t had) {
    std::vector<std::vector<std::byte>> out;
    if (!begun_) {
        first_ = had;
        return out;
    }
    auto const end = first_ + kept_.size();
    if (had < first_) return std::nullopt;
    for (auto at = std::min(had, end); at < end;) {
        auto const size = std::min<std::uint64_t>(end - at, piece);
        auto const begin = kept_.begin() + static_cast<std::ptrdiff_t>(at - first_);
        out.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(size));
        at += size;
    }
    if (ended_ && had <= end) out.emplace_back();
    return out;
}

} // namespace host::cli
