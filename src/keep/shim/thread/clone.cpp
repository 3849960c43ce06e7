// Threads come and go: clone and exit. There are no other processes.

#include "keep/shim/system_call/system_call.hpp"
#include "keep/shim/thread/schedule.hpp"

namespace shim::system_call {

namespace {

// Linux UAPI, linux/sched.h.
constexpr std::uint64_t clone_vm = 0x100;
constexpr std::uint64_t clone_thread = 0x1'0000;
constexpr std::uint64_t clone_set_tls = 0x8'0000;
constexpr std::uint64_t clone_parent_tid = 0x10'0000;
constexpr std::uint64_t clone_clear_tid = 0x20'0000;
constexpr std::uint64_t clone_child_tid = 0x100'0000;

} // namespace

Reply clone(SystemCall const& call) {
    auto& kernel = call.kernel;
    auto const flags = call[0];
    if ((flags & (clone_vm | clone_thread)) != (clone_vm | clone_thread))
        return std::unexpected(base::Errno::NoSys);
    if ((flags & clone_set_tls) && !canonical(call[4])) return std::unexpected(base::Errno::Inval);
    // What programs take as: there are no threads here. They then go on without.
    if (kernel.max_threads == 1) return std::unexpected(base::Errno::NoSys);
    auto const cpu = TRY(find_cpu(kernel));
    auto const id = kernel.next_thread_id++;
    if (flags & clone_parent_tid) TRY(kernel.user.store(call[2], id));
    if (flags & clone_child_tid) TRY(kernel.user.store(call[3], id));
    auto& thread = kernel.threads[cpu];
    auto const state = thread.state;
    thread = {
        .state = state,
        .id = id,
        .blocked = call.thread.blocked,
        .clear_tid = flags & clone_clear_tid ? call[3] : 0,
        .frame = call.frame,
        .thread_pointer = flags & clone_set_tls ? call[4] : Machine::thread_pointer(),
        .control_words = Machine::control_words()
    };
    thread.frame.rax = 0;
    if (call[1] != 0) thread.frame.rsp = call[1];
    if (launch_thread(kernel, cpu)) return id;
    thread = {.state = state};
    return std::unexpected(base::Errno::Again);
}

Reply exit(SystemCall const& call) {
    unsigned alive = 0;
    for (auto const& thread : call.kernel.threads.first(call.kernel.max_threads))
        if (thread.alive()) ++alive;
    if (alive <= 1) end_keep(call.kernel, {.status = call[0] & 0xff});
    end_thread(call.kernel, call.frame);
    return call.frame.rax;
}

Reply set_tid_address(SystemCall const& call) {
    call.thread.clear_tid = call[0];
    return call.thread.id;
}

} // namespace shim::system_call
