#include "keep/shim/memory/translations.hpp"

#include "keep/shim/platform/machine.hpp"

namespace shim {

namespace {

constexpr std::uint64_t large_mark = 1;

} // namespace

// Safety: a batch lies in a page that the pool gave out for it.
Translations::Batch& Translations::at(hw::PhysAddr batch) {
    return *reinterpret_cast<Batch*>(physical(batch));
}

void Translations::back_to_program() {
    auto& cpu = cpus_[Machine::cpu()];
    if (cpu.seen != epoch_) Machine::flush();
    cpu.seen = epoch_;
    cpu.in_program = true;
}

void Translations::forget() {
    ++epoch_;
    Machine::flush();
    cpus_[Machine::cpu()].seen = epoch_;
    reclaim();
}

bool Translations::others_in_program_since(std::uint64_t epoch) const {
    for (auto const& cpu : cpus_)
        if (cpu.in_program && cpu.seen < epoch) return true;
    return false;
}

void Translations::release(std::uint64_t page) {
    if (page & large_mark)
        pool_.release_large(hw::PhysAddr{page & ~large_mark});
    else
        pool_.release(hw::PhysAddr{page});
}

void Translations::retire(hw::PhysAddr page, std::uint64_t size) {
    std::uint64_t const marked = page.raw() | (size == large_page_size ? large_mark : 0);
    if (!others_in_program_since(epoch_ + 1)) return release(marked);
    if (newest_ == hw::PhysAddr{} || at(newest_).count == at(newest_).pages.size()) {
        auto const made = pool_.page();
        if (!made) return; // the page stays unused: lost, but never in two hands
        (newest_ == hw::PhysAddr{} ? oldest_ : at(newest_).next) = *made;
        newest_ = *made;
    }
    auto& batch = at(newest_);
    batch.pages[batch.count++] = marked;
    batch.epoch = epoch_ + 1;
}

void Translations::reclaim() {
    while (oldest_ != hw::PhysAddr{} && !others_in_program_since(at(oldest_).epoch)) {
        auto const batch = oldest_;
        oldest_ = at(batch).next;
        if (oldest_ == hw::PhysAddr{}) newest_ = {};
        for (std::uint64_t i = 0; i < at(batch).count; ++i) release(at(batch).pages[i]);
        pool_.release(batch);
    }
}

} // namespace shim
