#include "keep/shim/thread/schedule.hpp"

namespace shim {

using protocol::hostcall::block_size;

namespace {

base::Result<void> spawn(Kernel& kernel, unsigned cpu) {
    auto block = Machine::further_block(cpu);
    bool const fixed = block != hw::PhysAddr{};
    if (!fixed && kernel.blocks.size() < block_size) {
        auto const chunk = TRY(kernel.pool.open_chunk());
        kernel.blocks = {chunk.raw(), chunk.raw() + large_page_size};
    }
    if (!fixed) block = hw::PhysAddr{kernel.blocks.begin};
    // Made once, whatever the host answers: it may refuse as often as it likes.
    auto& root = kernel.roots[cpu];
    if (root == hw::PhysAddr{}) root = TRY(Machine::prepare_cpu(kernel.pool, cpu));
    kernel.host.attach(cpu, physical(block));
    TRY(kernel.host.call(Call::Spawn, {cpu, root.raw(), block.raw()}, 0));
    if (!fixed) kernel.blocks.begin += block_size;
    Machine::let_in(cpu, root);
    return {};
}

} // namespace

base::Result<unsigned> find_cpu(Kernel& kernel) {
    for (unsigned i = 0; i < kernel.max_threads; ++i)
        if (kernel.threads[i].state == Thread::State::Idle) return i;
    for (unsigned i = 1; i < kernel.max_threads; ++i)
        if (kernel.threads[i].state == Thread::State::None) return i;
    return std::unexpected(base::Errno::Again);
}

base::Result<void> launch_thread(Kernel& kernel, unsigned cpu) {
    auto& thread = kernel.threads[cpu];
    bool const fresh = thread.state == Thread::State::None;
    if (fresh) TRY(spawn(kernel, cpu));
    thread.state = Thread::State::Running;
    if (!fresh) TRY(kernel.host.call(Call::Unpark, {cpu}, 0));
    return {};
}

void begin_thread(Kernel& kernel, Frame& frame) {
    auto& thread = kernel.thread();
    frame = thread.frame;
    Machine::clean_extended_state();
    Machine::set_control_words(thread.control_words);
    Machine::set_thread_pointer(thread.thread_pointer);
    Machine::set_second_pointer(0);
}

void park(Kernel& kernel, std::uint64_t deadline_ns) {
    std::uint64_t ns = forever;
    if (deadline_ns != forever) {
        auto const now = kernel.clock.monotonic(Machine::ticks());
        if (now >= deadline_ns) return;
        ns = deadline_ns - now;
    }
    auto& thread = kernel.thread();
    thread.state = Thread::State::Parked;
    // An early return is the callers' to notice: each waits in a loop for something of its own.
    static_cast<void>(kernel.wait(Call::Park, {ns}, 0));
    thread.state = Thread::State::Running;
}

void wake(Kernel& kernel, Thread& thread) {
    // A thread that is not parked has not asked the host yet; it finds the token when it does.
    auto const cpu = static_cast<std::uint64_t>(&thread - kernel.threads.data());
    static_cast<void>(kernel.host.call(Call::Unpark, {cpu}, 0));
}

void end_thread(Kernel& kernel, Frame& frame) {
    auto& thread = kernel.thread();
    if (thread.clear_tid != 0 && kernel.user.store(thread.clear_tid, std::uint32_t{0}))
        wake_futex(kernel, thread.clear_tid, 1, ~0U);
    thread = {};
    thread.state = Thread::State::Idle;
    while (thread.state == Thread::State::Idle)
        static_cast<void>(kernel.wait(Call::Park, {forever}, 0));
    begin_thread(kernel, frame);
}

} // namespace shim
