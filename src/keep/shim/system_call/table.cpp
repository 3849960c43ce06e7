// Which handler answers which number: a row of calls.inc, or forward() where the row of shapes in
// protocol/hostcall/call.hpp says all. The rest is answered ENOSYS, counted, named in the log.

#include "keep/shim/system_call/system_call.hpp"

#include <array>

namespace shim {

namespace {

namespace sc = system_call;

struct Row {
    Function* handler = nullptr;
    unsigned ints = 0;
};

consteval unsigned bits(auto... which) { return (0U | ... | (1U << which)); }

constexpr std::size_t table_size = 450;
constexpr auto table = [] {
    std::array<Row, table_size> made{};
    for (auto const& shape : protocol::hostcall::shapes)
        made[static_cast<std::size_t>(shape.call)].handler = sc::forward;
#define CALL(number, handler, ...) made[number] = {sc::handler, bits(__VA_ARGS__)};
#include "keep/shim/system_call/calls.inc"
#undef CALL
    return made;
}();

} // namespace

void answer_system_call(Kernel& kernel, Frame& frame) {
    auto const number = frame.rax;
    auto const row = number < table_size ? table[number] : Row{};
    Reply reply = std::unexpected(base::Errno::NoSys);
    if (row.handler != nullptr)
        reply = row.handler({kernel, kernel.thread(), frame, row.ints});
    else if (++kernel.unknown_calls; kernel.verbose)
        log(kernel, "no such system call:", number);
    frame.rax =
        reply ? *reply : static_cast<std::uint64_t>(-static_cast<std::int64_t>(reply.error()));
}

} // namespace shim
