#include "keep/shim/host/host.hpp"

#include "keep/shim/platform/machine.hpp"

namespace shim {

using protocol::hostcall::Turn;
using protocol::launch::Doorbell;

// A host that looks answers most calls at once; what a peer is waited for comes later than a
// doorbell would cost.
std::uint64_t Host::patience_with(Call call) const {
    if (call == Call::Park || call == Call::EpollWait) return 0;
    return call == Call::Poll ? 8 * patience_ticks_ : patience_ticks_;
}

std::byte* Host::block() const { return blocks_[Machine::cpu()]; }

bool Host::close_with_next(std::uint32_t handle) {
    std::uint64_t before = __atomic_load_n(&closing_, __ATOMIC_RELAXED);
    while (before >> 32 == 0) {
        auto const after = before << 32 | (std::uint64_t{handle} + 1);
        if (__atomic_compare_exchange_n(
                &closing_, &before, after, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED
            ))
            return true;
    }
    return false;
}

void Host::count_late(std::uint64_t count) {
    __atomic_store_n(&header().late, count, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST); // before late_ok is read again
}

base::Result<std::uint64_t> Host::call(Call call, Arguments const& arguments, std::uint64_t limit) {
    auto volatile& header = this->header();
    header.number = static_cast<std::uint64_t>(call);
    for (std::size_t i = 0; i < arguments.size(); ++i) header.arguments[i] = arguments[i];
    header.closing = __atomic_exchange_n(&closing_, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&header.turn, static_cast<std::uint64_t>(Turn::Host), __ATOMIC_RELEASE);
    auto const answered = [&header] {
        return __atomic_load_n(&header.turn, __ATOMIC_ACQUIRE) ==
               static_cast<std::uint64_t>(Turn::Keep);
    };
    if (doorbell_ == Doorbell::Port) {
        // The host can only cost time by lying here, which it can anyway.
        auto const until = Machine::ticks() + patience_with(call);
        while (!answered() && header.polled != 0 && Machine::ticks() < until) Machine::relax();
        if (!answered()) Machine::ring_doorbell();
    }
    while (!answered()) Machine::relax();
    std::int64_t const answer = header.answer;
    header.number = 0;
    header.answer = 0;
    header.closing = 0;
    for (auto& word : header.arguments) word = 0;
    return protocol::hostcall::check_answer(answer, limit);
}

} // namespace shim
