#include "keep/shim/platform/fake/audit.hpp"

#include "keep/shim/memory/physical.hpp"

#include <span>
#include <vector>

namespace shim::fake {

namespace {

constexpr std::size_t entries = 512;

std::span<Entry const> table(Entry entry) {
    // Safety: an entry of a table names a table of the pool's.
    return {reinterpret_cast<Entry const*>(physical(entry.address())), entries};
}

class Pages {
public:
    Pages(std::uint64_t begin, std::uint64_t end)
        : memory_{begin, end}, mapped_((end - begin) / hw::page_size) {}

    char const* take(Entry entry, std::uint64_t size) {
        if (entry.get<Entry::Present>() && entry.get<Entry::Writable>() &&
            !entry.get<Entry::NoExecute>())
            return "writable and executable";
        if (!entry.get<Entry::Owned>()) return nullptr;
        auto const begin = round_down(entry.address().raw(), size);
        if (!memory_.contains(Range{begin, begin + size})) return "not memory of the Keep";
        for (auto at = begin; at < begin + size; at += hw::page_size) {
            auto const page = (at - memory_.begin) / hw::page_size;
            if (mapped_[page]) return "mapped twice";
            mapped_[page] = true;
        }
        return nullptr;
    }

private:
    Range memory_;
    std::vector<bool> mapped_;
};

} // namespace

char const* audit_pages(std::uint64_t memory_begin, std::uint64_t memory_end) {
    Pages pages{memory_begin, memory_end};
    auto const* const tops = reinterpret_cast<Entry const*>(Machine::program_tables());
    for (auto const top : std::span{tops, 4 * entries}) {
        if (top.empty()) continue;
        for (auto const directory : table(top)) {
            if (directory.empty()) continue;
            if (directory.get<Entry::Large>()) {
                if (auto const* broken = pages.take(directory, large_page_size)) return broken;
                continue;
            }
            for (auto const entry : table(directory))
                if (!entry.empty())
                    if (auto const* broken = pages.take(entry, hw::page_size)) return broken;
        }
    }
    return nullptr;
}

char const* audit_registers(Frame const& frame) {
    constexpr std::uint64_t flags = user_flags | interrupt_flag | 2;
    if (!canonical(frame.rip)) return "instruction pointer that is not canonical";
    if (frame.cs != user_code_selector || frame.ss != user_data_selector) return "segment";
    if ((frame.rflags & ~flags) != 0) return "flags";
    return nullptr;
}

} // namespace shim::fake
