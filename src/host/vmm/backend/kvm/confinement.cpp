#include "host/vmm/backend/kvm/confinement.hpp"

#include "host/vmm/backend/kvm/allowed.hpp"
#include "host/vmm/backend/kvm/filter.hpp"
#include "host/vmm/backend/kvm/ioctl.hpp"
#include "host/vmm/backend/kvm/landlock.hpp"
#include "os/check.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace host::vmm::kvm {

namespace {

// Of a terminal: those that tell.
constexpr std::array of_terminals{
    0x541bUL, // FIONREAD
    0x5421UL, // FIONBIO
    0x5413UL, // TIOCGWINSZ
    static_cast<unsigned long>(TCGETS),
};

constexpr std::array commands{F_GETFL, F_SETFL, F_GETPIPE_SZ};

// Whatever makes a name space is no thread.
constexpr unsigned new_name_spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                     CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

constexpr std::uint32_t started_in = static_cast<std::uint32_t>(AT_FDCWD);

// Of an argument, which has 64 bits, the kernel's filter sees one half at a time.
constexpr std::uint32_t low(unsigned index) {
    return offsetof(seccomp_data, args) + (index * sizeof(std::uint64_t));
}
constexpr std::uint32_t high(unsigned index) { return low(index) + sizeof(std::uint32_t); }

// What is asked of a call's arguments, one function for each way to reach something. Each returns
// where to go on for a call of that kind.
class Checks {
public:
    Checks(Filter& filter, Needs const& needs)
        : filter_{filter},
          needs_{needs},
          allow_{filter.answer(SECCOMP_RET_ALLOW)},
          refuse_{filter.answer(SECCOMP_RET_ERRNO | EPERM)},
          not_there_{filter.answer(SECCOMP_RET_ERRNO | ENOSYS)} {}

    Place allow() const { return allow_; }
    Place refuse() const { return refuse_; }

    Place of(Reach reach) {
        switch (reach) {
        case Reach::Own:
            return allow_;
        case Reach::Memory:
            return far_memory(refuse_, allow_);
        case Reach::NoCode:
            return far_memory(refuse_, without_bits(2, PROT_EXEC, allow_));
        case Reach::NewMemory: {
            auto const no_code = without_bits(2, PROT_EXEC, allow_);
            return far_memory(without_bits(3, MAP_FIXED, no_code), no_code);
        }
        case Reach::Thread:
            return without_bits(0, new_name_spaces, with_bits(0, CLONE_THREAD, allow_));
        case Reach::OwnProcess:
            return equal(0, std::array{static_cast<std::uint32_t>(::getpid())}, allow_);
        case Reach::Itself:
            return equal(0, std::array{0U}, allow_);
        case Reach::Commands:
            return equal(1, commands, allow_);
        case Reach::Requests:
            return requests();
        case Reach::Internet:
            return equal(0, std::array{AF_INET, AF_INET6}, socket_type());
        case Reach::ToPeer:
            return needs_.sockets ? allow_ : pointer(4, std::array{0U}, allow_);
        case Reach::Beneath:
            return descriptor(0, pointer(2, needs_.words->addresses(), allow_));
        case Reach::Descriptor:
            return descriptor(0, pointer(1, std::array{0U, needs_.words->empty_address()}, allow_));
        case Reach::Name:
            return descriptor(0, allow_);
        case Reach::TwoNames:
            return descriptor(0, descriptor(2, allow_));
        case Reach::NameSecond:
            return descriptor(1, allow_);
        case Reach::NotThere:
            return not_there_;
        }
        return refuse_;
    }

private:
    Place without_bits(unsigned index, std::uint32_t bits, Place next) {
        filter_.by_bits(bits, refuse_, next);
        return filter_.load(low(index));
    }

    Place with_bits(unsigned index, std::uint32_t bits, Place next) {
        filter_.by_bits(bits, next, refuse_);
        return filter_.load(low(index));
    }

    // Of the lower half, which is all that the kernel takes of an int.
    template <class Values> Place equal(unsigned index, Values const& values, Place next) {
        Cases cases{refuse_};
        cases.add_each(values, next);
        filter_.by_range(cases.ranges());
        return filter_.load(low(index));
    }

    template <class Values> Place pointer(unsigned index, Values const& values, Place next) {
        auto const lower = equal(index, values, next);
        filter_.by_value(0, lower, refuse_);
        return filter_.load(high(index));
    }

    Place descriptor(unsigned index, Place next) {
        filter_.by_value(started_in, refuse_, next);
        return filter_.load(low(index));
    }

    // By whether the address lies below 4 GiB.
    Place far_memory(Place below, Place next) {
        filter_.by_value(0, below, next);
        return filter_.load(high(0));
    }

    Place requests() {
        Cases cases{refuse_};
        cases.add_each(of_terminals, allow_);
        cases.add_each(needs_.requests, allow_);
        filter_.by_range(cases.ranges());
        return filter_.load(low(1));
    }

    // Never a raw one, which the administrator may have.
    Place socket_type() {
        Cases cases{refuse_};
        for (int const flags :
             {0, int{SOCK_NONBLOCK}, int{SOCK_CLOEXEC}, SOCK_NONBLOCK | SOCK_CLOEXEC}) {
            cases.add(static_cast<std::uint32_t>(SOCK_STREAM | flags), allow_);
            if (needs_.datagrams) cases.add(static_cast<std::uint32_t>(SOCK_DGRAM | flags), allow_);
        }
        filter_.by_range(cases.ranges());
        return filter_.load(low(1));
    }

    Filter& filter_;
    Needs const& needs_;
    Place allow_;
    Place refuse_;
    Place not_there_;
};

bool wanted(When when, Needs const& needs) {
    switch (when) {
    case When::Always:
        return true;
    case When::Sockets:
        return needs.sockets;
    case When::Folders:
        return !needs.folders.empty();
    case When::Writable:
        return std::ranges::any_of(needs.folders, [](auto const& one) {
            return !one->read_only();
        });
    }
    return false;
}

base::Result<std::vector<sock_filter>> filter(Needs const& needs) {
    Filter filter;
    Checks checks{filter, needs};
    std::array<std::optional<Place>, static_cast<std::size_t>(Reach::NotThere) + 1> places;
    for (auto const& call : allowed)
        if (auto& place = places[static_cast<std::size_t>(call.reach)];
            !place && wanted(call.when, needs))
            place = checks.of(call.reach);

    Cases calls{checks.refuse()};
    for (auto const& call : allowed)
        if (wanted(call.when, needs))
            calls.add(
                static_cast<std::uint32_t>(call.number),
                places[static_cast<std::size_t>(call.reach)].value_or(checks.refuse())
            );
    filter.by_range(calls.ranges());
    auto const by_number = filter.load(offsetof(seccomp_data, nr));
    filter.by_value(AUDIT_ARCH_X86_64, by_number, checks.refuse());
    filter.load(offsetof(seccomp_data, arch));
    return filter.code();
}

} // namespace

base::Result<void> confine(Needs const& needs, int landlock) {
    if (!needs.folders.empty()) {
        if (landlock == 0) return std::unexpected(base::Errno::NoSys);
        TRY(needs.words->prepare());
    }
    auto made = TRY(filter(needs));
    sock_fprog const program{
        .len = static_cast<unsigned short>(made.size()), .filter = made.data()
    };
    // Neither a core dump nor another process of this user gets to see what is in memory.
    TRY(os::done(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)));
    TRY(os::done(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)));
    if (!needs.folders.empty()) TRY(keep_to(needs.folders, landlock));
    return os::done(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

} // namespace host::vmm::kvm
