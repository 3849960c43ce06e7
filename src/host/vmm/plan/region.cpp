#include "host/vmm/plan/region.hpp"

namespace host::vmm {

std::vector<Stretch> stretches(std::span<Region const> regions) {
    std::vector<Stretch> out;
    for (std::size_t i = 0; i < regions.size(); ++i) {
        auto const& region = regions[i];
        if (region.holder == Holder::Processor) continue;
        if (!out.empty() && out.back().holder == region.holder) {
            out.back().end = region.end;
            out.back().regions = {out.back().regions.data(), out.back().regions.size() + 1};
            continue;
        }
        if (!out.empty()) out.back().end = region.begin;
        out.push_back({region.begin, region.end, region.holder, regions.subspan(i, 1)});
    }
    return out;
}

std::uint64_t pages_added(std::span<Region const> regions) {
    std::uint64_t pages = 0;
    for (auto const& region : regions)
        if (region.type) pages += region.pages();
    return pages;
}

} // namespace host::vmm
