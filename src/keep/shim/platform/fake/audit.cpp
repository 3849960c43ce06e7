#include "keep/shim/platform/fake/audit.hpp"

#include "keep/shim/platform/fake/world.hpp"

#include <algorithm>
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

// The page of the page tables at an address; an empty entry if there is none.
struct Now {
    Entry entry;
    std::uint64_t size = hw::page_size;
};

Now look_up(std::uint64_t at) {
    auto const* const tops = reinterpret_cast<Entry const*>(Machine::program_tables());
    auto const top = tops[(at - program_space.begin) >> 30];
    if (top.empty()) return {};
    auto const directory = table(top)[(at >> 21) % entries];
    if (directory.empty()) return {};
    if (directory.get<Entry::Large>()) return {directory, large_page_size};
    return {table(directory)[(at >> 12) % entries]};
}

std::uint64_t place(Entry entry, std::uint64_t size, std::uint64_t at) {
    return round_down(entry.address().raw(), size) + at % size;
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

void Remembered::forget(std::uint64_t at) {
    std::erase_if(known_, [at](Known const& known) { return at - known.begin < known.size; });
}

Entry const* Remembered::find(std::uint64_t at) const {
    for (auto const& known : known_)
        if (at - known.begin < known.size) return &known.entry;
    return nullptr;
}

void Remembered::learn(std::uint64_t at, Entry entry, std::uint64_t size) {
    Known const known{round_down(at, size), entry, size};
    known_.insert(std::ranges::upper_bound(known_, known.begin, {}, &Known::begin), known);
}

void Remembered::learn_all() {
    known_.clear();
    each_page([&](std::uint64_t at, Entry entry, std::uint64_t size) {
        if (entry.get<Entry::Present>()) known_.push_back({at, entry, size});
    });
}

char const* Remembered::audit() const {
    for (auto const& [begin, entry, size] : known_) {
        Now now;
        for (auto at = begin; at < begin + size; at += now.size) {
            now = look_up(at);
            if (!now.entry.get<Entry::Present>() ||
                place(now.entry, now.size, at) != place(entry, size, at))
                return "a page that is gone is still known";
            if ((entry.get<Entry::Writable>() && !now.entry.get<Entry::Writable>()) ||
                (!entry.get<Entry::NoExecute>() && now.entry.get<Entry::NoExecute>()))
                return "a right that is gone is still known";
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
