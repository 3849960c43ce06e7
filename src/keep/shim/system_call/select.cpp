// select and pselect6: three sets of descriptors, asked for as poll does. As with ppoll, the signal
// mask is not looked at.

#include "keep/shim/system_call/poll.hpp"
#include "keep/shim/thread/schedule.hpp"

#include <bit>

namespace shim::system_call {

namespace {

using namespace poll_event;

constexpr std::uint64_t word_bits = 64;
constexpr std::uint64_t mask_size = 8;
constexpr std::int64_t microseconds = 1'000'000; // in a second

// What to ask of the descriptors of each set, and what puts them into the answer (select(2)).
struct Meaning {
    std::int16_t asks;
    std::int16_t tells;
};
constexpr std::array<Meaning, 3> meanings{{
    {readable, readable | hang_up | error | invalid},
    {writable, writable | error | invalid},
    {urgent, urgent},
}};

struct Sets {
    using Set = std::array<std::uint64_t, Descriptors::max_files / word_bits>;
    std::array<Set, meanings.size()> asked{};
    std::array<Set, meanings.size()> found{};

    bool asks(unsigned k, std::uint64_t i) const {
        return (asked[k][i / word_bits] >> i % word_bits & 1) != 0;
    }
    static base::Result<Asked> load(void* of, std::uint64_t i) {
        Asked entry{-1, 0, 0};
        for (unsigned k = 0; k < meanings.size(); ++k)
            if (static_cast<Sets*>(of)->asks(k, i)) entry.wanted |= meanings[k].asks;
        if (entry.wanted != 0) entry.descriptor = static_cast<std::int32_t>(i);
        return entry;
    }
    static base::Result<void> store(void* of, std::uint64_t i, Asked const& entry) {
        auto& sets = *static_cast<Sets*>(of);
        for (unsigned k = 0; k < meanings.size(); ++k)
            if (sets.asks(k, i) && (entry.found & meanings[k].tells) != 0)
                sets.found[k][i / word_bits] |= 1ULL << i % word_bits;
        return {};
    }
};

// Only the first `count` descriptors are looked at: the highest that is asked for, plus one.
base::Result<std::uint64_t> load_sets(SystemCall const& call, Sets& sets, std::uint64_t count) {
    std::uint64_t end = 0;
    for (unsigned k = 0; k < meanings.size(); ++k) {
        if (call[k + 1] == 0) continue;
        auto const words = std::span{sets.asked[k]}.first((count + word_bits - 1) / word_bits);
        TRY(call.kernel.user.read(call[k + 1], std::as_writable_bytes(words)));
        for (std::uint64_t i = 0; i < count; ++i) {
            if (!sets.asks(k, i)) continue;
            TRY(call.kernel.files.find(i));
            end = larger(end, i + 1);
        }
    }
    return end;
}

// What is left of the time goes back to the program, if it can be stored there.
Reply select_for(SystemCall const& call, std::uint64_t ns, std::int64_t unit_ns) {
    auto& kernel = call.kernel;
    if (call.word(0) < 0) return std::unexpected(base::Errno::Inval);
    auto const count = smaller(call[0], Descriptors::max_files);
    Sets sets;
    auto const end = TRY(load_sets(call, sets, count));
    auto const now = kernel.clock.monotonic(Machine::ticks());
    auto const deadline = ns == forever ? forever : now + ns;
    auto const polled = poll_until(call, {&sets, end, Sets::load, Sets::store}, deadline);
    auto left = spec_of(left_until(kernel, deadline));
    left.nanoseconds /= unit_ns;
    if (ns != 0) static_cast<void>(kernel.user.store(call[4], left).has_value());
    TRY(polled);
    std::uint64_t found = 0;
    for (unsigned k = 0; k < meanings.size(); ++k) {
        auto const words = std::span{sets.found[k]}.first((count + word_bits - 1) / word_bits);
        for (auto const word : words) found += static_cast<unsigned>(std::popcount(word));
        if (call[k + 1] != 0) TRY(kernel.user.write(call[k + 1], std::as_bytes(words)));
    }
    return found;
}

} // namespace

Reply select(SystemCall const& call) {
    if (call[4] == 0) return select_for(call, forever, 1);
    auto time = TRY(call.kernel.user.load<TimeSpec>(call[4])); // with microseconds, any number
    if (__builtin_add_overflow(time.seconds, time.nanoseconds / microseconds, &time.seconds))
        return std::unexpected(base::Errno::Inval);
    time.nanoseconds = time.nanoseconds % microseconds * 1000;
    return select_for(call, TRY(ns_of(time)), 1000);
}

Reply pselect6(SystemCall const& call) {
    struct Mask {
        std::uint64_t at;
        std::uint64_t size;
    };
    auto const mask = call[5] != 0 ? TRY(call.kernel.user.load<Mask>(call[5])) : Mask{};
    auto const ns = call[4] != 0 ? TRY(load_ns(call.kernel, call[4])) : forever;
    if (mask.at != 0 && mask.size != mask_size) return std::unexpected(base::Errno::Inval);
    return select_for(call, ns, 1);
}

} // namespace shim::system_call
