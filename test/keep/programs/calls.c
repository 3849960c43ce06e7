/* Asks the host for everything that a program can, and sees that an answer changes nothing but what it may: each buffer
   lies between guards. For hosts that lie: what they answer does not matter, that it stays an answer does. */
#define _GNU_SOURCE
#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum { folder = 5, border = 4096, guard = 0x5a, largest_errno = 133 };

static unsigned char area[3 * border];
static unsigned char* const buffer = area + border;
static unsigned long long secret[8192]; /* never sent to anybody */

static void set_guards(void) { memset(area, guard, sizeof area); }

static int intact(size_t size) {
    for (size_t i = 0; i < border; ++i)
        if (area[i] != guard) return 0;
    for (size_t i = border + size; i < sizeof area; ++i)
        if (area[i] != guard) return 0;
    return 1;
}

/* An answer is a number up to `most`, or an error that Linux has. */
static void expect(char const* what, long answer, long most, size_t size) {
    int const ordinary = answer < 0 ? errno >= 1 && errno <= largest_errno : answer <= most;
    if (!ordinary || !intact(size)) {
        ++failures;
        printf("%s: %ld, errno %d, guards %d\n", what, answer, errno, intact(size));
    }
    set_guards();
}

static void transfers(void) {
    struct iovec const parts[2] = {{buffer, 10}, {buffer + 10, 90}};
    expect("write", write(1, area, 100), 100, 0);
    expect("read", read(0, buffer, 100), 100, 100);
    expect("large read", read(folder, buffer, border), border, border);
    expect("pread", pread(folder, buffer, 100, 7), 100, 100);
    expect("readv", readv(folder, parts, 2), 100, 100);
    expect("pwrite", pwrite(folder, area, 100, 7), 100, 0);
    expect("getdents", syscall(SYS_getdents64, folder, buffer, 300), 300, 300);
}

static void states(void) {
    expect("fstat", fstat(folder, (struct stat*)buffer), 0, sizeof(struct stat));
    expect("fstatat", fstatat(folder, "name", (struct stat*)buffer, 0), 0, sizeof(struct stat));
    expect("statx", syscall(SYS_statx, folder, "name", 0, 0xfff, buffer), 0, 256);
    expect("readlinkat", readlinkat(folder, "name", (char*)buffer, 50), 50, 50);
    expect("lseek", lseek(folder, 0, SEEK_CUR), 0x7fffffffffffffff, 0);
    expect("fcntl", fcntl(folder, F_GETFL), 0x7fffffff, 0);
    expect("FIONREAD", ioctl(folder, FIONREAD, buffer), 0x7fffffff, sizeof(int));
    expect("TIOCGWINSZ", ioctl(1, TIOCGWINSZ, buffer), 0x7fffffff, sizeof(struct winsize));
}

static void sockets(void) {
    socklen_t size = 16;
    expect("recvfrom", recvfrom(folder, buffer, 100, 0, (struct sockaddr*)(buffer + 100), &size), 100, 116);
    size = 16;
    expect("getsockname", getsockname(folder, (struct sockaddr*)buffer, &size), 0, 16);
    size = 4;
    expect("getsockopt", getsockopt(folder, SOL_SOCKET, SO_ERROR, buffer, &size), 0, 4);
    expect("sendto", sendto(folder, area, 100, 0, 0, 0), 100, 0);
    size = 16;
    int const accepted = accept4(folder, (struct sockaddr*)buffer, &size, 0);
    expect("accept4", accepted, 0x7fffffff, 16);
    if (accepted >= 0) close(accepted);
    struct pollfd* const polled = (struct pollfd*)buffer;
    polled[0] = (struct pollfd){folder, POLLIN, 0};
    polled[1] = (struct pollfd){0, POLLIN, 0};
    expect("poll", poll(polled, 2, 1), 2, 2 * sizeof *polled);
}

static void descriptors(void) {
    int const opened = openat(folder, "name", O_RDONLY);
    expect("openat", opened, 0x7fffffff, 0);
    if (opened >= 0) close(opened);
    int* const ends = (int*)buffer;
    int const piped = pipe2(ends, 0);
    int const first = ends[0], second = ends[1];
    expect("pipe2", piped, 0, 2 * sizeof(int));
    if (piped == 0) {
        CHECK(first != second);
        close(first);
        close(second);
    }
    expect("unlinkat", unlinkat(folder, "name", 0), 0, 0);
    expect("renameat", renameat(folder, "name", folder, "other"), 0, 0);
    expect("fsync", fsync(folder), 0, 0);
}

static void not_before_last(struct timespec const* now) {
    static struct timespec last;
    CHECK(now->tv_sec > last.tv_sec || (now->tv_sec == last.tv_sec && now->tv_nsec >= last.tv_nsec));
    last = *now;
}

/* By the vDSO and by system call, and in between the host is told what the counter shows. */
static void time_goes_on(void) {
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    not_before_last(&now);
    unsigned low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    lseek(1, (off_t)(low | (unsigned long long)high << 32), SEEK_SET);
    CHECK(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now) == 0);
    not_before_last(&now);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    not_before_last(&now);
}

/* A fault ends the program by its signal, unless it was another's: the shim's registers are not for the program. */
static void faulted(int number, siginfo_t* info, void* context) {
    (void)info;
    long long const from_here = ((ucontext_t*)context)->uc_mcontext.gregs[REG_RIP] - (long long)&faulted;
    if (from_here > 1 << 30 || from_here < -(1 << 30)) _exit(99);
    signal(number, SIG_DFL);
    raise(number);
}

static void see_faults(void) {
    static char other_stack[16384];
    stack_t const stack = {.ss_sp = other_stack, .ss_size = sizeof other_stack};
    CHECK(sigaltstack(&stack, 0) == 0);
    struct sigaction const action = {.sa_sigaction = faulted, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    int const numbers[] = {SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV};
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; ++i) CHECK(sigaction(numbers[i], &action, 0) == 0);
}

int main(int argc, char** argv) {
    see_faults();
    unsigned long long word = 0x9e3779b97f4a7c15;
    for (int i = 0; i < 1000; ++i) {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
    }
    for (unsigned i = 0; i < sizeof secret / sizeof *secret; ++i) secret[i] = word;
    set_guards();
    for (int rounds = argc > 1 ? atoi(argv[1]) : 1; rounds > 0; --rounds) {
        transfers();
        states();
        sockets();
        descriptors();
        time_goes_on();
    }
    for (unsigned i = 0; i < sizeof secret / sizeof *secret; ++i) CHECK(secret[i] == word);
    return failures != 0;
}
