// What a program asks about itself and the machine. The Keep itself answers, never the host.

#include "keep/shim/system_call/system_call.hpp"

#include <cstring>
#include <string_view>

namespace shim::system_call {

namespace {

// Linux UAPI, asm/prctl.h, sys/resource.h.
constexpr std::uint64_t set_gs = 0x1001;
constexpr std::uint64_t set_fs = 0x1002;
constexpr std::uint64_t get_fs = 0x1003;
constexpr std::uint64_t get_gs = 0x1004;
constexpr std::uint64_t limit_stack = 3;
constexpr std::uint64_t limit_core = 4;
constexpr std::uint64_t limit_files = 7;
constexpr std::uint64_t unlimited = ~0ULL;
constexpr std::uint64_t stack_limit = 8 << 20;
constexpr std::uint64_t most_random_bytes = 0x7fff'ffff;
constexpr std::size_t name_field = 65;

struct Limit {
    std::uint64_t current;
    std::uint64_t most;
};

Limit limit_of(std::uint64_t resource) {
    if (resource == limit_stack) return {stack_limit, unlimited};
    if (resource == limit_core) return {0, 0};
    if (resource == limit_files) return {Descriptors::max_files, Descriptors::max_files};
    return {unlimited, unlimited};
}

} // namespace

Reply arch_prctl(SystemCall const& call) {
    if (call[0] == get_fs) return call.store(call[1], Machine::thread_pointer());
    if (call[0] == get_gs) return call.store(call[1], Machine::second_pointer());
    if (call[0] != set_fs && call[0] != set_gs) return std::unexpected(base::Errno::Inval);
    if (!canonical(call[1])) return std::unexpected(base::Errno::Perm);
    call[0] == set_fs ? Machine::set_thread_pointer(call[1]) : Machine::set_second_pointer(call[1]);
    return 0;
}

Reply getrandom(SystemCall const& call) {
    std::uint64_t const size = smaller(call[1], most_random_bytes);
    std::array<std::uint64_t, 32> words{};
    for (std::uint64_t done = 0, n = 0; done < size; done += n) {
        n = smaller(size - done, sizeof words);
        for (std::uint64_t i = 0; i * sizeof words[0] < n; ++i) words[i] = TRY(Machine::random());
        TRY(call.kernel.user.write(call[0] + done, std::as_bytes(std::span{words}).first(n)));
    }
    return size;
}

Reply uname(SystemCall const& call) {
    std::array<char, 6 * name_field> fields{};
    std::size_t at = 0;
    for (std::string_view const text : {"Linux", "keep", "6.1.0-enarx", "#1", "x86_64", "(none)"}) {
        std::memcpy(fields.data() + at, text.data(), text.size());
        at += name_field;
    }
    return call.store(call[0], fields);
}

Reply prlimit64(SystemCall const& call) {
    if (call[0] != 0 && call[0] != 1) return std::unexpected(base::Errno::Perm);
    return call.wanted(call[3], limit_of(call[1]));
}

Reply getrlimit(SystemCall const& call) { return call.store(call[1], limit_of(call[0])); }

Reply sysinfo(SystemCall const& call) {
    // struct sysinfo: uptime, three loads, total and free memory, ..., unit at 104.
    std::array<std::uint64_t, 14> info{};
    info[0] = call.kernel.clock.elapsed_ns(Machine::ticks()) / second_ns;
    info[4] = call.kernel.pool.limit();
    info[5] = call.kernel.pool.limit() - smaller(call.kernel.pool.used(), call.kernel.pool.limit());
    info[13] = 1;
    return call.store(call[0], info);
}

Reply user_id(SystemCall const& call) { return call.kernel.user_id; }
Reply group_id(SystemCall const& call) { return call.kernel.group_id; }
Reply process_id(SystemCall const&) { return 1; }
Reply thread_id(SystemCall const& call) { return call.thread.id; }
Reply nothing(SystemCall const&) { return 0; }
Reply exit_group(SystemCall const& call) { end_keep(call.kernel, {.status = call[0] & 0xff}); }

Reply sched_getaffinity(SystemCall const& call) {
    if (call[1] < sizeof(std::uint64_t)) return std::unexpected(base::Errno::Inval);
    std::uint64_t const cpus = smaller(call.kernel.reported_cpus, 64);
    TRY(call.kernel.user.store(call[2], ~0ULL >> (64 - cpus)));
    return sizeof(std::uint64_t);
}

Reply getrusage(SystemCall const& call) {
    std::array<std::uint64_t, 18> usage{};
    auto const ns = call.kernel.clock.elapsed_ns(Machine::ticks());
    usage[0] = ns / second_ns;
    usage[1] = ns % second_ns / 1000;
    usage[4] = call.kernel.pool.used() >> 10;
    return call.store(call[1], usage);
}

Reply getcpu(SystemCall const& call) {
    if (call[0] != 0) TRY(call.kernel.user.store(call[0], std::uint32_t{0}));
    return call.wanted(call[1], std::uint32_t{0});
}

} // namespace shim::system_call
