/* Signals that are read like a file (signalfd), by a program that sends them to itself. */
#define _GNU_SOURCE
#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static sigset_t set_of(int first, int second) {
    sigset_t set;
    sigemptyset(&set);
    if (first != 0) sigaddset(&set, first);
    if (second != 0) sigaddset(&set, second);
    return set;
}

static int made(int flags, int first, int second) {
    sigset_t const set = set_of(first, second);
    int const file = signalfd(-1, &set, flags);
    CHECK(file >= 0);
    return file;
}

/* The number of the next signal, 0: none; -1 another error. */
static int next(int file) {
    struct signalfd_siginfo info;
    memset(&info, 0xff, sizeof info);
    ssize_t const got = read(file, &info, sizeof info);
    if (got != sizeof info) return got == -1 && errno == EAGAIN ? 0 : -1;
    CHECK(info.ssi_pid == (uint32_t)getpid() && info.ssi_uid == getuid() && info.ssi_errno == 0);
    return (int)info.ssi_signo;
}

static int polled(int file, int wait_ms) {
    struct pollfd entry = {.fd = file, .events = POLLIN | POLLOUT};
    int const found = poll(&entry, 1, wait_ms);
    CHECK(found == 0 || entry.revents == POLLIN);
    return found;
}

static volatile sig_atomic_t handled;
static void handle(int number) { handled = number; }

static void one_by_one(void) {
    int const file = made(SFD_NONBLOCK | SFD_CLOEXEC, SIGUSR1, SIGTERM);
    CHECK(fcntl(file, F_GETFD) == FD_CLOEXEC);
    CHECK((fcntl(file, F_GETFL) & (O_ACCMODE | O_NONBLOCK)) == (O_RDWR | O_NONBLOCK));
    CHECK(next(file) == 0 && polled(file, 0) == 0);
    CHECK(raise(SIGTERM) == 0);
    CHECK(polled(file, 0) == 1);
    CHECK(next(file) == SIGTERM && polled(file, 0) == 0 && next(file) == 0);
    CHECK(kill(getpid(), SIGUSR1) == 0 && raise(SIGTERM) == 0 && raise(SIGTERM) == 0);
    CHECK(raise(SIGUSR2) == 0); /* not of this file */
    struct signalfd_siginfo two[3];
    CHECK(read(file, two, sizeof two - 1) == 2 * sizeof two[0]);
    CHECK(two[0].ssi_signo + two[1].ssi_signo == SIGUSR1 + SIGTERM);
    CHECK(polled(file, 0) == 0);
    /* The same file with other signals: what waits already is there at once. */
    sigset_t const other = set_of(SIGUSR2, 0);
    CHECK(signalfd(file, &other, 0) == file);
    CHECK(polled(file, 0) == 1 && next(file) == SIGUSR2);
    raise(SIGTERM);
    CHECK(polled(file, 0) == 0);
    int const late = made(SFD_NONBLOCK, SIGTERM, 0);
    CHECK(polled(late, 0) == 1 && next(late) == SIGTERM);
    raise(SIGTERM);
    close(late);
    int const again = made(SFD_NONBLOCK, SIGTERM, 0);
    CHECK(next(again) == SIGTERM);
    close(again), close(file);
}

static void by_a_handler_instead(void) {
    int const file = made(SFD_NONBLOCK, SIGUSR1, 0);
    signal(SIGUSR1, handle);
    raise(SIGUSR1);
    CHECK(handled == 0 && polled(file, 0) == 1);
    sigset_t const set = set_of(SIGUSR1, 0);
    sigprocmask(SIG_UNBLOCK, &set, 0);
    CHECK(handled == SIGUSR1 && polled(file, 0) == 0 && next(file) == 0);
    handled = 0;
    raise(SIGUSR1);
    CHECK(handled == SIGUSR1 && polled(file, 0) == 0);
    sigprocmask(SIG_BLOCK, &set, 0);
    signal(SIGUSR1, SIG_IGN); /* blocked all the same: it waits and can be read */
    raise(SIGUSR1);
    CHECK(next(file) == SIGUSR1);
    signal(SIGUSR1, SIG_DFL);
    close(file);
}

static void in_an_epoll(void) {
    int const set = epoll_create1(0), file = made(SFD_NONBLOCK, SIGUSR1, SIGUSR2);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = 9}, found = {0};
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, file, &event) == 0);
    CHECK(epoll_wait(set, &found, 1, 0) == 0);
    raise(SIGUSR1);
    CHECK(epoll_wait(set, &found, 1, 1000) == 1 && found.data.u64 == 9);
    CHECK(epoll_wait(set, &found, 1, 0) == 0);
    raise(SIGUSR2); /* an edge of its own */
    CHECK(epoll_wait(set, &found, 1, 1000) == 1);
    CHECK(next(file) == SIGUSR1 && next(file) == SIGUSR2 && next(file) == 0);
    CHECK(epoll_wait(set, &found, 1, 0) == 0);
    close(file), close(set);
}

static void in_a_select(void) {
    int const file = made(0, SIGUSR1, 0);
    raise(SIGUSR1);
    fd_set files;
    FD_ZERO(&files);
    FD_SET(file, &files);
    struct timeval wait = {.tv_sec = 5};
    CHECK(select(file + 1, &files, 0, 0, &wait) == 1 && FD_ISSET(file, &files));
    CHECK(next(file) == SIGUSR1);
    close(file);
}

static volatile sig_atomic_t taken;

/* The next one when the one before was read: two that wait are one. */
static void* send_later(void* unused) {
    for (int i = 0; i < 3; ++i) {
        do usleep(20000);
        while (taken < i);
        kill(getpid(), SIGUSR1);
    }
    return unused;
}

static void by_two_threads(void) {
    pthread_t thread;
    int const file = made(0, SIGUSR1, 0), set = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN}, found;
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, file, &event) == 0);
    if (pthread_create(&thread, 0, send_later, 0) != 0) return; /* a Keep of one vCPU */
    CHECK(next(file) == SIGUSR1);                               /* waits */
    taken = 1;
    CHECK(polled(file, 60000) == 1 && next(file) == SIGUSR1);
    taken = 2;
    CHECK(epoll_wait(set, &found, 1, 60000) == 1 && next(file) == SIGUSR1);
    pthread_join(thread, 0);
    close(file), close(set);
}

static void what_is_refused(void) {
    sigset_t const set = set_of(SIGUSR1, 0);
    char bytes[256], *const volatile nowhere = (char*)1;
    CHECK(signalfd(-1, &set, 1) == -1 && errno == EINVAL);
    CHECK(signalfd(999, &set, 0) == -1 && errno == EBADF);
    CHECK(signalfd(1, &set, 0) == -1 && errno == EINVAL);
    int const file = made(SFD_NONBLOCK, SIGUSR1, SIGKILL); /* SIGKILL without a word */
    CHECK(read(file, bytes, 127) == -1 && errno == EINVAL);
    CHECK(write(file, bytes, 128) == -1 && errno == EINVAL);
    CHECK(pread(file, bytes, 128, 0) == -1 && errno == ESPIPE);
    raise(SIGUSR1);
    CHECK(read(file, nowhere, 128) == -1 && errno == EFAULT);
    close(file);
}

int main(void) {
    sigset_t all;
    sigfillset(&all);
    CHECK(sigprocmask(SIG_SETMASK, &all, 0) == 0);
    one_by_one();
    by_a_handler_instead();
    in_an_epoll();
    in_a_select();
    by_two_threads();
    what_is_refused();
    return failures != 0;
}
