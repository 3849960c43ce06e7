#include "keep/shim/memory/translations.hpp"

#include "keep/shim/platform/machine.hpp"

namespace shim {

namespace {

constexpr std::uint64_t kick_again = 64; // times what a host call may take

} // namespace

void Translations::settle() {
    auto& cpu = own();
    if (cpu.seen == epoch_) return;
    Machine::flush();
    cpu.seen = epoch_;
}

void Translations::back_to_program() {
    settle();
    used_ = static_cast<unsigned>(larger(used_, Machine::cpu() + 1));
    __atomic_store_n(&own().in_program, true, __ATOMIC_RELAXED); // opening the lock tells of it
}

bool Translations::find_others(Others& others) const {
    bool found = false;
    others = {};
    for (unsigned i = 0; i < used_; ++i) {
        if (i == Machine::cpu() || !__atomic_load_n(&cpus_[i].in_program, __ATOMIC_ACQUIRE))
            continue;
        others[i / 64] |= 1ULL << i % 64;
        found = true;
    }
    return found;
}

void Translations::take() {
    ++epoch_;
    if (!Machine::others_remember()) return;
    for (Others others; find_others(others);) {
        // What the host answers changes nothing: only what a vCPU itself has written counts.
        static_cast<void>(host_.call(Call::Kick, {others[0], others[1], others[2], others[3]}, 0));
        auto const until = Machine::ticks() + kick_again * host_.patience();
        while (find_others(others) && Machine::ticks() < until) Machine::relax();
    }
}

} // namespace shim
