// Which handler answers which number. What is not here is answered ENOSYS, counted, and named in the log.

#include "keep/shim/system_call/system_call.hpp"

#include <array>

namespace shim {

namespace {

namespace sc = system_call;

struct Row {
    std::uint16_t number; // arch/x86/entry/syscalls/syscall_64.tbl
    Handler handler;
};

constexpr std::array rows{
    Row{0, sc::read}, Row{1, sc::write}, Row{9, sc::mmap}, Row{10, sc::mprotect}, Row{11, sc::munmap}, Row{12, sc::brk},
    Row{17, sc::pread64}, Row{18, sc::pwrite64}, Row{19, sc::readv}, Row{20, sc::writev}, Row{25, sc::mremap}, Row{28, sc::madvise},
    Row{39, sc::process_id}, Row{63, sc::uname}, Row{97, sc::getrlimit}, Row{98, sc::getrusage}, Row{99, sc::sysinfo}, Row{102, sc::identity},
    Row{104, sc::identity}, Row{107, sc::identity}, Row{108, sc::identity}, Row{110, sc::nothing}, Row{111, sc::process_id},
    Row{158, sc::arch_prctl}, Row{186, sc::thread_id}, Row{203, sc::nothing}, Row{204, sc::sched_getaffinity}, Row{231, sc::exit_group},
    Row{295, sc::preadv}, Row{296, sc::pwritev}, Row{302, sc::prlimit64}, Row{309, sc::getcpu}, Row{318, sc::getrandom},
    Row{327, sc::preadv}, Row{328, sc::pwritev},
};

constexpr std::size_t table_size = 450;
constexpr auto handlers = [] {
    std::array<Handler, table_size> table{};
    for (auto const& row : rows) table[row.number] = row.handler;
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
    frame.rax = reply ? *reply : static_cast<std::uint64_t>(-static_cast<std::int64_t>(reply.error()));
}

} // namespace shim
