#include "keep/shim/thread/schedule.hpp"

namespace shim {

void begin_thread(Kernel& kernel, Frame& frame) {
    auto& thread = kernel.thread();
    Machine::clean_extended_state();
    frame = thread.frame;
    Machine::set_thread_pointer(thread.thread_pointer);
    thread.state = Thread::State::Running;
}

} // namespace shim
