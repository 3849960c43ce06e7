#include "keep/shim/platform/fake/audit.hpp"

#include "keep/shim/platform/fake/world.hpp"

#include <span>

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

// action(address, entry, size) for each page that is mapped, from the lowest.
template <class Action> void each_page(Action action) {
    auto const* const tops = reinterpret_cast<Entry const*>(Machine::program_tables());
    auto at = program_space.begin;
    for (auto const top : std::span{tops, 4 * entries}) {
        auto from = std::exchange(at, at + (1ULL << 30));
        if (top.empty()) continue;
        for (auto const directory : table(top)) {
            auto const begin = std::exchange(from, from + large_page_size);
            if (directory.empty()) continue;
            if (directory.get<Entry::Large>()) {
                action(begin, directory, large_page_size);
                continue;
            }
            auto page = begin;
            for (auto const entry : table(directory)) {
                if (!entry.empty()) action(page, entry, hw::page_size);
                page += hw::page_size;
            }
        }
    }
}

// A large page that was split is the same page. Another page at an address is one that is gone.
bool known_more(Entry before, Entry now) {
    bool const same =
        before.get<Entry::Large>() != now.get<Entry::Large>() || before.address() == now.address();
    return !same || (before.get<Entry::Writable>() && !now.get<Entry::Writable>()) ||
           (!before.get<Entry::NoExecute>() && now.get<Entry::NoExecute>());
}

} // namespace

char const* audit_pages(std::uint64_t memory_begin, std::uint64_t memory_end) {
    Pages pages{memory_begin, memory_end};
    char const* broken = nullptr;
    each_page([&](std::uint64_t, Entry entry, std::uint64_t size) {
        if (broken == nullptr) broken = pages.take(entry, size);
    });
    return broken;
}

char const* Translations::audit() {
    std::vector<std::pair<std::uint64_t, Entry>> now;
    each_page([&](std::uint64_t at, Entry entry, std::uint64_t) {
        if (entry.get<Entry::Present>()) now.emplace_back(at, entry);
    });
    bool const forgotten = std::exchange(flushes_, World::flushes()) != flushes_;
    char const* broken = nullptr;
    for (auto next = now.begin(); auto const& [at, entry] : known_) {
        if (forgotten) break;
        while (next != now.end() && next->first < at) ++next;
        if (next == now.end() || next->first > at)
            broken = "a page that is gone is still known";
        else if (known_more(entry, next->second))
            broken = "a right that is gone is still known";
    }
    known_ = std::move(now);
    return broken;
}

char const* audit_registers(Frame const& frame) {
    constexpr std::uint64_t flags = user_flags | interrupt_flag | 2;
    if (!canonical(frame.rip)) return "instruction pointer that is not canonical";
    if (frame.cs != user_code_selector || frame.ss != user_data_selector) return "segment";
    if ((frame.rflags & ~flags) != 0) return "flags";
    return nullptr;
}

} // namespace shim::fake
