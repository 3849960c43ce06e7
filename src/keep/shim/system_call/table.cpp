// Which handler answers which number: a row of calls.inc, or forward() where the call's row in
// protocol/hostcall/call.hpp says all. What is not here is answered ENOSYS, counted, and named in
// the log.

#include "keep/shim/system_call/system_call.hpp"

#include <array>

namespace shim {

namespace {

namespace sc = system_call;

constexpr std::size_t table_size = 450;
constexpr auto handlers = [] {
    std::array<Function*, table_size> table{};
    for (auto const& shape : protocol::hostcall::shapes)
        table[static_cast<std::size_t>(shape.call)] = sc::forward;
#define CALL(number, handler) table[number] = sc::handler;
#include "keep/shim/system_call/calls.inc"
#undef CALL
    return table;
}();

} // namespace

void answer_system_call(Kernel& kernel, Frame& frame) {
    auto const number = frame.rax;
    auto const handler = number < table_size ? handlers[number] : nullptr;
    if (handler == nullptr) {
        ++kernel.unknown_calls;
        if (kernel.verbose) log(kernel, "no such system call:", number);
        frame.rax = static_cast<std::uint64_t>(-static_cast<std::int64_t>(base::Errno::NoSys));
        return;
    }
    auto const reply = handler({kernel, kernel.thread(), frame});
    frame.rax =
        reply ? *reply : static_cast<std::uint64_t>(-static_cast<std::int64_t>(reply.error()));
}

} // namespace shim
