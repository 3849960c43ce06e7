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
};

constexpr std::array rows{
    Row{0, sc::read},
    Row{1, sc::write},
    Row{2, sc::open},
    Row{3, sc::close},
    Row{5, sc::fstat},
    Row{7, sc::poll},
    Row{8, sc::lseek},
    Row{9, sc::mmap},
    Row{10, sc::mprotect},
    Row{11, sc::munmap},
    Row{12, sc::brk},
    Row{13, sc::rt_sigaction},
    Row{14, sc::rt_sigprocmask},
    Row{15, sc::rt_sigreturn},
    Row{16, sc::ioctl},
    Row{17, sc::pread64},
    Row{18, sc::pwrite64},
    Row{19, sc::readv},
    Row{20, sc::writev},
    Row{24, sc::sched_yield},
    Row{25, sc::mremap},
    Row{28, sc::madvise},
    Row{32, sc::dup},
    Row{33, sc::dup2},
    Row{35, sc::nanosleep},
    Row{39, sc::process_id},
    Row{41, sc::socket},
    Row{42, sc::connect_or_bind},
    Row{43, sc::accept},
    Row{44, sc::sendto},
    Row{45, sc::recvfrom},
    Row{46, sc::sendmsg},
    Row{47, sc::recvmsg},
    Row{49, sc::connect_or_bind},
    Row{51, sc::socket_name},
    Row{52, sc::socket_name},
    Row{54, sc::setsockopt},
    Row{55, sc::getsockopt},
    Row{56, sc::clone},
    Row{60, sc::exit},
    Row{62, sc::kill},
    Row{63, sc::uname},
    Row{72, sc::fcntl},
    Row{79, sc::getcwd},
    Row{89, sc::readlink},
    Row{96, sc::gettimeofday},
    Row{97, sc::getrlimit},
    Row{98, sc::getrusage},
    Row{99, sc::sysinfo},
    Row{102, sc::user_id},
    Row{104, sc::group_id},
    Row{107, sc::user_id},
    Row{108, sc::group_id},
    Row{110, sc::nothing},
    Row{111, sc::process_id},
    Row{131, sc::sigaltstack},
    Row{157, sc::nothing},
    Row{158, sc::arch_prctl},
    Row{186, sc::thread_id},
    Row{200, sc::tkill},
    Row{201, sc::time},
    Row{202, sc::futex},
    Row{203, sc::nothing},
    Row{204, sc::sched_getaffinity},
    Row{217, sc::getdents64},
    Row{218, sc::set_tid_address},
    Row{228, sc::clock_gettime},
    Row{229, sc::clock_getres},
    Row{230, sc::clock_nanosleep},
    Row{231, sc::exit_group},
    Row{234, sc::tgkill},
    Row{257, sc::openat},
    Row{262, sc::newfstatat},
    Row{264, sc::renameat},
    Row{267, sc::readlinkat},
    Row{269, sc::faccessat},
    Row{271, sc::ppoll},
    Row{273, sc::set_robust_list},
    Row{280, sc::utimensat},
    Row{288, sc::accept4},
    Row{292, sc::dup3},
    Row{293, sc::pipe2},
    Row{295, sc::preadv},
    Row{296, sc::pwritev},
    Row{302, sc::prlimit64},
    Row{309, sc::getcpu},
    Row{318, sc::getrandom},
    Row{327, sc::preadv},
    Row{328, sc::pwritev},
    Row{332, sc::statx},
    Row{437, sc::openat2},
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
constexpr auto handlers = [] {
    std::array<Function*, table_size> table{};
    for (auto const& shape : hostcall::shapes)
        if (only_forwarded(shape)) table[static_cast<std::size_t>(shape.call)] = sc::forward;
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
    frame.rax =
        reply ? *reply : static_cast<std::uint64_t>(-static_cast<std::int64_t>(reply.error()));
}

} // namespace shim
