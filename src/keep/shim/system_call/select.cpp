// select and pselect6: three sets of descriptors, asked for as poll does. As with ppoll, the signal
// mask is not looked at.

#include "keep/shim/system_call/poll.hpp"
#include "keep/shim/thread/schedule.hpp"

#include <bit>

namespace shim::system_call {

namespace {

constexpr std::uint64_t word_bits = 64;
constexpr std::uint64_t microseconds = 1'000'000;
constexpr std::uint64_t mask_size = 8;

using Set = std::array<std::uint64_t, Descriptors::max_files / word_bits>;

// What to ask of the descriptors of each set, and what puts them into the answer (select(2)).
struct Meaning {
    std::int16_t asks;
    std::int16_t tells;
};
using namespace poll_event;
constexpr std::array<Meaning, 3> meanings{{
    {readable, readable | hang_up | error | invalid},
    {writable, writable | error | invalid},
    {urgent, urgent},
}};

struct Sets {
    std::array<Set, meanings.size()> asked{};
    std::array<Set, meanings.size()> found{};

    static bool has(Set const& set, std::uint64_t i) {
        return (set[i / word_bits] >> i % word_bits & 1) != 0;
    }
    static base::Result<Asked> load(void* of, std::uint64_t i) {
        auto const& sets = *static_cast<Sets const*>(of);
        Asked entry{-1, 0, 0};
        for (unsigned k = 0; k < meanings.size(); ++k) {
            if (has(sets.asked[k], i)) entry.wanted |= meanings[k].asks;
            if (has(sets.found[k], i)) entry.found |= meanings[k].asks;
        }
        if (entry.wanted != 0) entry.descriptor = static_cast<std::int32_t>(i);
        return entry;
    }
    static base::Result<void> store(void* of, std::uint64_t i, Asked const& entry) {
        auto& sets = *static_cast<Sets*>(of);
        for (unsigned k = 0; k < meanings.size(); ++k)
            if ((entry.found & meanings[k].tells) != 0)
                sets.found[k][i / word_bits] |= sets.asked[k][i / word_bits] & 1ULL
                                                                                   << i % word_bits;
        return {};
    }
};

// Descriptors from `count` on are not looked at, nor are numbers that none can have. Answers with
// the highest one that is asked for, plus one.
base::Result<std::uint64_t> load_sets(SystemCall const& call, Sets& sets, std::uint64_t count) {
    std::uint64_t end = 0;
    for (unsigned k = 0; k < meanings.size(); ++k) {
        if (call[k + 1] == 0) continue;
        auto const words = std::span{sets.asked[k]}.first((count + word_bits - 1) / word_bits);
        TRY(call.kernel.user.read(call[k + 1], std::as_writable_bytes(words)));
        for (auto i = words.size() * word_bits; i-- > count;)
            words[i / word_bits] &= ~(1ULL << i % word_bits);
        for (std::uint64_t i = 0; i < count; ++i) {
            if (!Sets::has(sets.asked[k], i)) continue;
            TRY(call.kernel.files.find(i));
            end = larger(end, i + 1);
        }
    }
    return end;
}

Reply select_until(SystemCall const& call, std::uint64_t deadline) {
    auto& kernel = call.kernel;
    if (call.word(0) < 0) return std::unexpected(base::Errno::Inval);
    auto const count = smaller(call[0], Descriptors::max_files);
    Sets sets;
    auto const end = TRY(load_sets(call, sets, count));
    auto const now = kernel.clock.monotonic(Machine::ticks());
    auto const ns = deadline == forever ? forever : deadline > now ? deadline - now : 0;
    TRY(poll_list(kernel, {&sets, end, Sets::load, Sets::store}, ns));
    std::uint64_t found = 0;
    for (unsigned k = 0; k < meanings.size(); ++k) {
        auto const words = std::span{sets.found[k]}.first((count + word_bits - 1) / word_bits);
        for (auto const word : words) found += static_cast<unsigned>(std::popcount(word));
        if (call[k + 1] != 0) TRY(kernel.user.write(call[k + 1], std::as_bytes(words)));
    }
    return found;
}

// How much of the time is left, which may lie where nothing can be stored.
template <class Unit> void store_left(SystemCall const& call, std::uint64_t deadline, Unit unit) {
    auto const now = call.kernel.clock.monotonic(Machine::ticks());
    auto left = spec_of(deadline > now ? deadline - now : 0);
    left.nanoseconds = unit(left.nanoseconds);
    static_cast<void>(call.kernel.user.store(call[4], left).has_value());
}

} // namespace

Reply select(SystemCall const& call) {
    if (call[4] == 0) return select_until(call, forever);
    auto time = TRY(call.kernel.user.load<TimeSpec>(call[4])); // with microseconds, any number
    time.seconds += time.nanoseconds / static_cast<std::int64_t>(microseconds);
    time.nanoseconds = time.nanoseconds % static_cast<std::int64_t>(microseconds) * 1000;
    auto const ns = TRY(ns_of(time));
    auto const now = call.kernel.clock.monotonic(Machine::ticks());
    auto const deadline = ns == forever ? forever : now + ns;
    auto const reply = select_until(call, deadline);
    if (ns != 0) store_left(call, deadline, [](std::int64_t left) { return left / 1000; });
    return reply;
}

Reply pselect6(SystemCall const& call) {
    struct Mask {
        std::uint64_t at;
        std::uint64_t size;
    };
    auto& user = call.kernel.user;
    auto const mask = call[5] != 0 ? TRY(user.load<Mask>(call[5])) : Mask{};
    auto const deadline = TRY(deadline_after(call.kernel, call[4]));
    if (mask.at != 0 && mask.size != mask_size) return std::unexpected(base::Errno::Inval);
    bool const timed = call[4] != 0 && TRY(load_ns(call.kernel, call[4])) != 0;
    auto const reply = select_until(call, deadline);
    if (timed) store_left(call, deadline, [](std::int64_t left) { return left; });
    return reply;
}

} // namespace shim::system_call
