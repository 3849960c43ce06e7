// Which handler answers which number: a row below, or forward() where the call's row in
// protocol/hostcall/call.hpp says all. What is not here is answered ENOSYS, counted, and named in
// the log.

#include "keep/shim/system_call/system_call.hpp"

#include <algorithm>
#include <array>

namespace shim {

namespace {

namespace sc = system_call;
namespace hostcall = protocol::hostcall;

struct Row {
    std::uint16_t number; // arch/x86/entry/syscalls/syscall_64.tbl
    Function* handler;
    // Arguments of which Linux takes the lower half: compilers leave what they like in the upper.
    unsigned ints = 0;
};

consteval unsigned ints(auto... which) { return ((1U << which) | ...); }

constexpr std::array rows{
    Row{0, sc::read, ints(0)},
    Row{1, sc::write, ints(0)},
    Row{2, sc::open, ints(1, 2)},
    Row{3, sc::close, ints(0)},
    Row{5, sc::fstat, ints(0)},
    Row{7, sc::poll, ints(1, 2)},
    Row{8, sc::lseek, ints(0, 2)},
    Row{9, sc::mmap, ints(4)},
    Row{10, sc::mprotect},
    Row{11, sc::munmap},
    Row{12, sc::brk},
    Row{13, sc::rt_sigaction, ints(0)},
    Row{14, sc::rt_sigprocmask, ints(0)},
    Row{15, sc::rt_sigreturn},
    Row{16, sc::ioctl, ints(0, 1)},
    Row{17, sc::pread64, ints(0)},
    Row{18, sc::pwrite64, ints(0)},
    Row{19, sc::readv, ints(0)},
    Row{20, sc::writev, ints(0)},
    Row{24, sc::sched_yield},
    Row{25, sc::mremap},
    Row{28, sc::madvise, ints(2)},
    Row{32, sc::dup, ints(0)},
    Row{33, sc::dup2, ints(0, 1)},
    Row{35, sc::nanosleep},
    Row{39, sc::process_id},
    Row{41, sc::socket, ints(0, 1, 2)},
    Row{42, sc::connect_or_bind, ints(0, 2)},
    Row{43, sc::accept, ints(0)},
    Row{44, sc::sendto, ints(0, 3, 5)},
    Row{45, sc::recvfrom, ints(0, 3)},
    Row{46, sc::sendmsg, ints(0, 2)},
    Row{47, sc::recvmsg, ints(0, 2)},
    Row{49, sc::connect_or_bind, ints(0, 2)},
    Row{51, sc::socket_name, ints(0)},
    Row{52, sc::socket_name, ints(0)},
    Row{54, sc::setsockopt, ints(0, 1, 2, 4)},
    Row{55, sc::getsockopt, ints(0, 1, 2)},
    Row{56, sc::clone},
    Row{60, sc::exit, ints(0)},
    Row{62, sc::kill, ints(0, 1)},
    Row{63, sc::uname},
    Row{72, sc::fcntl, ints(0, 1)},
    Row{79, sc::getcwd},
    Row{89, sc::readlink, ints(2)},
    Row{96, sc::gettimeofday},
    Row{97, sc::getrlimit, ints(0)},
    Row{98, sc::getrusage, ints(0)},
    Row{99, sc::sysinfo},
    Row{102, sc::user_id},
    Row{104, sc::group_id},
    Row{107, sc::user_id},
    Row{108, sc::group_id},
    Row{110, sc::nothing},
    Row{111, sc::process_id},
    Row{131, sc::sigaltstack},
    Row{157, sc::nothing},
    Row{158, sc::arch_prctl, ints(0)},
    Row{186, sc::thread_id},
    Row{200, sc::tkill, ints(0, 1)},
    Row{201, sc::time},
    Row{202, sc::futex, ints(1, 2, 5)},
    Row{203, sc::nothing},
    Row{204, sc::sched_getaffinity, ints(0, 1)},
    Row{217, sc::getdents64, ints(0, 2)},
    Row{218, sc::set_tid_address},
    Row{228, sc::clock_gettime, ints(0)},
    Row{229, sc::clock_getres, ints(0)},
    Row{230, sc::clock_nanosleep, ints(0, 1)},
    Row{231, sc::exit_group, ints(0)},
    Row{234, sc::tgkill, ints(0, 1, 2)},
    Row{257, sc::openat, ints(0, 2, 3)},
    Row{262, sc::newfstatat, ints(0, 3)},
    Row{264, sc::renameat, ints(0, 2, 4)},
    Row{267, sc::readlinkat, ints(0, 3)},
    Row{269, sc::faccessat, ints(0, 2)},
    Row{271, sc::ppoll, ints(1)},
    Row{273, sc::set_robust_list},
    Row{280, sc::utimensat, ints(0, 3)},
    Row{288, sc::accept4, ints(0, 3)},
    Row{292, sc::dup3, ints(0, 1, 2)},
    Row{293, sc::pipe2, ints(1)},
    Row{295, sc::preadv, ints(0, 5)},
    Row{296, sc::pwritev, ints(0, 5)},
    Row{302, sc::prlimit64, ints(0, 1)},
    Row{309, sc::getcpu},
    Row{318, sc::getrandom, ints(2)},
    Row{327, sc::preadv, ints(0, 5)},
    Row{328, sc::pwritev, ints(0, 5)},
    Row{332, sc::statx, ints(0, 2, 3)},
    Row{437, sc::openat2, ints(0)},
};

// A call that needs no handler of its own: nothing but numbers, descriptors and paths go to the
// host, and nothing comes back.
constexpr bool only_forwarded(hostcall::Shape const& shape) {
    return shape.answer == hostcall::Answer::Nothing &&
           std::ranges::none_of(shape.arguments, [](hostcall::Argument argument) {
               using enum hostcall::Argument;
               return argument == In || argument == Out || argument == InOut;
           });
}

constexpr std::size_t table_size = 450;
constexpr auto table = [] {
    std::array<Row, table_size> made{};
    for (auto const& shape : hostcall::shapes)
        if (only_forwarded(shape)) made[static_cast<std::size_t>(shape.call)].handler = sc::forward;
    for (auto const& row : rows) made[row.number] = row;
    return made;
}();

} // namespace

void answer_system_call(Kernel& kernel, Frame& frame) {
    auto const number = frame.rax;
    auto const row = number < table_size ? table[number] : Row{};
    if (row.handler == nullptr) {
        ++kernel.unknown_calls;
        if (kernel.verbose) log(kernel, "no such system call:", number);
        frame.rax = static_cast<std::uint64_t>(-static_cast<std::int64_t>(base::Errno::NoSys));
        return;
    }
    auto const reply = row.handler({kernel, kernel.thread(), frame, row.ints});
    frame.rax =
        reply ? *reply : static_cast<std::uint64_t>(-static_cast<std::int64_t>(reply.error()));
}

} // namespace shim
