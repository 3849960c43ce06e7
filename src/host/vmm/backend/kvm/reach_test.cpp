// What whoever gained control of the process of a Keep could still reach. Each system call that the
// filter lets pass is tried from a confined process with all that lies outside: paths, absolute and
// through links and from the folder where the process was started, its own memory as a file,
// another process. The calls come from the filter's own table, so a new row is tried from its first
// day on. Afterwards what lies outside must be as it was, and nobody may have seen it.

#include "host/vmm/backend/kvm/allowed.hpp"
#include "host/vmm/backend/kvm/confined_for_tests.hpp"
#include "host/vmm/backend/kvm/landlock.hpp"
#include "host/vmm/backend/kvm/reach_world.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace host::vmm;
using namespace host::vmm::reach;
using kvm::Allowed;
using kvm::Needs;

constexpr unsigned most_deaths = 20; // of processes that one call's attempts cost

// Looks at what a call has told: a descriptor of something outside, or bytes of it.
char const* told(World& world, Word answer) {
    struct stat status{};
    if (answer >= 3 && answer < 4096 && ::syscall(SYS_fstat, answer, &status) == 0) {
        if (test::holds(world.inodes, std::uint64_t{status.st_ino}))
            return "opened what lies outside";
        if (answer > world.folders.back()->number() + 8) ::syscall(SYS_close, answer);
    }
    auto const& buffer = world.shared.buffer;
    for (std::size_t at = 0; at < buffer_size; at += sizeof(std::uint64_t)) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, buffer.data() + at, sizeof eight);
        if (test::holds(world.inodes, eight)) return "told what lies outside";
    }
    if (::memmem(buffer.data(), buffer_size, test::secret.data(), test::secret.size()) != nullptr)
        return "read what lies outside";
    return nullptr;
}

// In a process of its own, from attempt `next` on.
[[noreturn]] void
try_all(World& world, Needs const& needs, Allowed call, Attempts const& attempts) {
    auto& shared = world.shared;
    struct sigaction action{};
    action.sa_handler = [](int) {}; // ends waiting calls
    ::sigaction(SIGALRM, &action, nullptr);
    itimerval const often{{0, 5000}, {0, 5000}};
    ::setitimer(ITIMER_REAL, &often, nullptr);
    if (!kvm::confine(needs, kvm::landlock_version())) ::_exit(1);
    // Not without a filter: it is no small thing to make calls at random.
    if (::syscall(SYS_getppid) != -1) ::_exit(1);
    shared.confined = true;
    // What names nothing by its row has fewer arguments that matter.
    unsigned const step = call.reach == kvm::Reach::Own ? 7 : 1;
    while (shared.next < attempts.count()) {
        auto const index = shared.next.fetch_add(step);
        auto const a = attempts.at(index);
        shared.buffer.fill(std::byte{0});
        auto const answer = ::syscall(call.number, a[0], a[1], a[2], a[3], a[4], 0L);
        if (auto const* what = told(world, answer)) {
            std::strncpy(shared.found.data(), what, shared.found.size() - 1);
            ::_exit(2);
        }
    }
    ::_exit(0);
}

// What went wrong with this call; empty: nothing.
std::string escape_by(World& world, Needs const& needs, Allowed call) {
    Attempts const attempts{world};
    auto& shared = world.shared;
    shared.next = 0;
    shared.confined = false;
    shared.found.fill('\0');
    auto const before = test::picture(world.outside);
    auto const before_read_only = test::picture(world.read_only);
    for (unsigned deaths = 0; deaths < most_deaths && shared.next < attempts.count(); ++deaths) {
        auto const child = ::fork();
        if (child == 0) try_all(world, needs, call, attempts);
        ::waitpid(child, nullptr, 0);
        if (shared.found[0] != '\0') return shared.found.data();
        if (!shared.confined) return "is not confined at all";
        if (!world.stranger_lives()) return "ended another process";
        if (shared.next == 0) break;
    }
    // What takes memory or stacks from a process may end it again and again; the rest may not.
    if (call.reach >= kvm::Reach::OwnProcess && shared.next < attempts.count())
        return "ended its process too often";
    if (test::picture(world.outside) != before) return "changed what lies outside";
    if (call.number != SYS_utimensat && test::picture(world.read_only) != before_read_only)
        return "changed what is only to be read";
    return {};
}

bool skip_without_landlock() {
    if (kvm::landlock_version() != 0) return false;
    fmt::print("SKIP reach: this kernel has no Landlock, so no Keep here gets a folder\n");
    return true;
}

TEST(Reach, NoCallThatIsLeftLeadsToAnythingOutside) {
    if (skip_without_landlock()) GTEST_SKIP();
    World world;
    for (auto const& call : kvm::allowed)
        EXPECT_EQ(escape_by(world, world.needs(), call), "") << "system call " << call.number;
}

template <class Attempt> int in_there(Needs const& needs, Attempt attempt) {
    return kvm::error_in_there(needs, kvm::landlock_version(), attempt);
}

// Of a call that is made with nothing but zeros.
int error_of(Needs const& needs, long number) {
    return in_there(needs, [&] { return ::syscall(number, -1L, 0L, 0L, 0L, 0L, 0L); });
}

TEST(Reach, WhatIsNotInTheTableIsRefused) {
    constexpr long all = 512;
    constexpr long other_interface = 0x4000'0000; // x32: the same calls under other numbers
    for (long number = 0; number < all; ++number) {
        EXPECT_EQ(error_of({}, number | other_interface), EPERM) << number;
        // The kernel's own gates for probes, which it lets nobody but itself come through.
        constexpr std::array gates{335L, 336L};
        if (std::ranges::find(gates, number) != gates.end()) continue;
        if (std::ranges::find(kvm::allowed, number, &Allowed::number) != kvm::allowed.end())
            continue;
        EXPECT_EQ(error_of({}, number), EPERM) << number;
    }
}

TEST(Reach, WithoutAFolderNoCallTakesAPath) {
    unsigned tried = 0;
    for (auto const& call : kvm::allowed) {
        if (call.when != kvm::When::Folders && call.when != kvm::When::Writable) continue;
        EXPECT_EQ(error_of({.sockets = true}, call.number), EPERM) << call.number;
        ++tried;
    }
    EXPECT_GT(tried, 5U);
}

TEST(Reach, WhereAllFoldersAreReadOnlyNoNameIsChanged) {
    if (skip_without_landlock()) GTEST_SKIP();
    World world;
    auto needs = world.needs();
    needs.folders.erase(needs.folders.begin());
    for (auto const& call : kvm::allowed)
        if (call.when == kvm::When::Writable)
            EXPECT_EQ(error_of(needs, call.number), EPERM) << call.number;
}

TEST(Reach, WithoutLandlockThereIsNoKeepWithAFolder) {
    World world;
    auto const child = ::fork();
    if (child == 0) ::_exit(kvm::confine(world.needs(), 0) ? 0 : 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST(Reach, ThePagesThatSayHowFarAPathLeadsCannotBeReplaced) {
    if (skip_without_landlock()) GTEST_SKIP();
    World world;
    auto const needs = world.needs();
    // Safety: only given to system calls.
    auto* const page =
        reinterpret_cast<void*>(std::uintptr_t{world.words.addresses()[0] & ~0xfffU} + 0x1000);
    auto const anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
    EXPECT_EQ(in_there(needs, [&] { return ::munmap(page, 4096); }), EPERM);
    EXPECT_EQ(in_there(needs, [&] { return ::munmap(nullptr, 1UL << 32); }), EPERM);
    EXPECT_EQ(in_there(needs, [&] { return ::mprotect(page, 4096, PROT_WRITE); }), EPERM);
    EXPECT_EQ(in_there(needs, [&] { return ::madvise(page, 4096, MADV_DONTNEED); }), EPERM);
    EXPECT_EQ(in_there(needs, [&] { return ::madvise(nullptr, 1UL << 32, MADV_DONTNEED); }), EPERM);
    for (auto* const at : {page, static_cast<void*>(nullptr)})
        EXPECT_EQ(
            in_there(
                needs,
                [&] {
                    auto const* made = ::mmap(at, 4096, PROT_WRITE, anonymous | MAP_FIXED, -1, 0);
                    return made == MAP_FAILED ? -1 : 0;
                }
            ),
            EPERM
        );
    // Memory elsewhere stays this process' own.
    EXPECT_EQ(
        in_there(
            needs,
            [&] {
                auto* const made = ::mmap(nullptr, 4096, PROT_WRITE, anonymous, -1, 0);
                return made == MAP_FAILED ? -1 : ::munmap(made, 4096);
            }
        ),
        0
    );
}

TEST(Reach, WhatWasHandedInIsThereAndHasItsRights) {
    if (skip_without_landlock()) GTEST_SKIP();
    World world;
    auto const needs = world.needs();
    auto const opens = [&](unsigned folder, char const* path, int flags) {
        unsigned const mode = (flags & O_CREAT) != 0 ? 0600 : 0;
        return in_there(needs, [&] {
            auto const file =
                world.words.open(world.folders[folder]->descriptor, path, flags, mode);
            if (!file) errno = static_cast<int>(file.error());
            return file ? 0 : -1;
        });
    };
    EXPECT_EQ(opens(0, "file", O_RDWR), 0);
    EXPECT_EQ(opens(0, "new", O_RDWR | O_CREAT), 0);
    EXPECT_EQ(opens(0, "way/file", O_RDONLY), EXDEV);
    EXPECT_EQ(opens(0, "/etc/passwd", O_PATH), EXDEV);
    EXPECT_EQ(opens(1, "file", O_RDONLY), 0);
    for (int const change : {O_WRONLY, O_RDWR, O_TRUNC | O_WRONLY})
        EXPECT_EQ(opens(1, "file", change), EACCES) << change;
    EXPECT_EQ(opens(1, "new", O_WRONLY | O_CREAT), EACCES);
    // The kernel takes this for reading, and empties the file.
    constexpr int knows_truncation = 3;
    if (kvm::landlock_version() >= knows_truncation)
        EXPECT_EQ(opens(1, "file", O_TRUNC | O_RDONLY), EACCES);
    else
        fmt::print("SKIP reach: this kernel's Landlock does not know that O_TRUNC is a change\n");
    auto const to_read = world.folders[1]->number();
    auto const writable = world.folders[0]->number();
    EXPECT_EQ(in_there(needs, [&] { return ::mkdirat(writable, "made", 0700); }), 0);
    EXPECT_EQ(in_there(needs, [&] { return ::mkdirat(to_read, "made", 0700); }), EACCES);
    EXPECT_EQ(in_there(needs, [&] { return ::unlinkat(to_read, "file", 0); }), EACCES);
    auto const given = [&] { return ::linkat(to_read, "file", writable, "stolen", 0); };
    EXPECT_TRUE(in_there(needs, given) == EXDEV || in_there(needs, given) == EACCES);
}

// What belongs to a process in /proc is its user's, or root's where it is not dumpable.
TEST(Reach, ItsMemoryIsNoFileForItsOwnUser) {
    std::array<int, 2> ready{};
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ready.data()), 0);
    ASSERT_EQ(::pipe(ends.data()), 0);
    constexpr uid_t some_user = 65534;
    auto const child = ::fork();
    if (child == 0) {
        ::close(ends[1]);
        if (::geteuid() == 0 && ::setresuid(some_user, some_user, some_user) != 0) ::_exit(254);
        ::prctl(PR_SET_DUMPABLE, 1); // as it is for a program that a user starts
        if (!kvm::confine({}, 0)) ::_exit(255);
        char byte = 0;
        static_cast<void>(::write(ready[1], &byte, 1));
        ::_exit(static_cast<int>(::read(ends[0], &byte, 1)));
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    struct stat status{};
    EXPECT_EQ(::stat(fmt::format("/proc/{}/mem", child).c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 0U);
    ::close(ends[0]);
    ::close(ends[1]);
    int end = 0;
    ::waitpid(child, &end, 0);
    EXPECT_EQ(WEXITSTATUS(end), 0);
}

} // namespace
