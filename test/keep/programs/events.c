/* epoll and eventfd as an event loop uses them: level and edge, once, counters, timeouts, what is closed meanwhile. */
#define _GNU_SOURCE
#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static int set;
static struct epoll_event found[4];

static void change(int how, int file, unsigned events, uint64_t data) {
    struct epoll_event event = {.events = events, .data.u64 = data};
    CHECK(epoll_ctl(set, how, file, &event) == 0);
}

/* How many events there are now; the first one is found[0]. */
static int now(void) {
    memset(found, 0, sizeof found);
    return epoll_wait(set, found, 4, 0);
}

static long milliseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void put(int file) { CHECK(write(file, "x", 1) == 1); }
static void take(int file) {
    char byte;
    CHECK(read(file, &byte, 1) == 1);
}

static void level_and_edge(int reader, int writer) {
    uint64_t const pointer = 0xfedcba9876543210;
    change(EPOLL_CTL_ADD, reader, EPOLLIN, pointer);
    CHECK(now() == 0);
    put(writer);
    CHECK(now() == 1 && found[0].events == EPOLLIN && found[0].data.u64 == pointer);
    CHECK(now() == 1);
    take(reader);
    CHECK(now() == 0);
    change(EPOLL_CTL_MOD, reader, EPOLLIN | EPOLLET, pointer + 1);
    put(writer);
    CHECK(now() == 1 && found[0].data.u64 == pointer + 1);
    CHECK(now() == 0);
    put(writer);
    CHECK(now() == 1);
    take(reader), take(reader);
    change(EPOLL_CTL_MOD, reader, EPOLLIN | EPOLLONESHOT, 7);
    put(writer);
    CHECK(now() == 1 && found[0].data.u64 == 7);
    CHECK(now() == 0);
    change(EPOLL_CTL_MOD, reader, EPOLLIN, 8);
    CHECK(now() == 1 && found[0].data.u64 == 8);
    take(reader);
    change(EPOLL_CTL_DEL, reader, 0, 0);
    put(writer);
    CHECK(now() == 0);
    take(reader);
}

static void counters(void) {
    int const plain = eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC), semaphore = eventfd(0, EFD_NONBLOCK | EFD_SEMAPHORE);
    CHECK(plain >= 0 && semaphore >= 0);
    CHECK(fcntl(plain, F_GETFD) == FD_CLOEXEC && fcntl(semaphore, F_GETFD) == 0);
    uint64_t value = 0;
    CHECK(read(plain, &value, 8) == 8 && value == 3);
    CHECK(read(plain, &value, 8) == -1 && errno == EAGAIN);
    value = 2;
    CHECK(write(semaphore, &value, 8) == 8);
    change(EPOLL_CTL_ADD, semaphore, EPOLLIN, 1);
    change(EPOLL_CTL_ADD, plain, EPOLLIN | EPOLLOUT, 2);
    CHECK(now() == 2 && found[0].data.u64 + found[1].data.u64 == 3);
    CHECK(read(semaphore, &value, 8) == 8 && value == 1);
    CHECK(read(semaphore, &value, 8) == 8 && value == 1);
    CHECK(now() == 1 && found[0].events == EPOLLOUT && found[0].data.u64 == 2);
    close(plain), close(semaphore);
    CHECK(now() == 0);
}

static void timeouts(void) {
    long const before = milliseconds();
    CHECK(epoll_wait(set, found, 4, 30) == 0);
    CHECK(milliseconds() - before >= 29);
    struct timespec const wait = {0, 20000000};
    CHECK(syscall(441 /* epoll_pwait2 */, set, found, 4, &wait, 0) == 0);
    CHECK(milliseconds() - before >= 49);
}

static void what_is_closed(void) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    change(EPOLL_CTL_ADD, ends[0], EPOLLIN, 5);
    close(ends[1]);
    CHECK(now() == 1 && found[0].events == EPOLLHUP && found[0].data.u64 == 5);
    int const second = dup(ends[0]);
    close(ends[0]);
    CHECK(now() == 1); /* its description is still open */
    close(second);
    CHECK(now() == 0);
    CHECK(pipe(ends) == 0);
    change(EPOLL_CTL_ADD, ends[0], EPOLLIN, 6);
    put(ends[1]);
    CHECK(now() == 1 && found[0].data.u64 == 6);
    close(ends[0]), close(ends[1]);
}

static void what_is_refused(int reader) {
    struct epoll_event event = {.events = EPOLLIN};
    CHECK(epoll_ctl(set, EPOLL_CTL_MOD, reader, &event) == -1 && errno == ENOENT);
    CHECK(epoll_ctl(set, EPOLL_CTL_DEL, reader, 0) == -1 && errno == ENOENT);
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, 999, &event) == -1 && errno == EBADF);
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, set, &event) == -1 && errno == EINVAL);
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, reader, &event) == 0);
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, reader, &event) == -1 && errno == EEXIST);
    CHECK(epoll_wait(set, found, 0, 0) == -1 && errno == EINVAL);
    CHECK(epoll_wait(reader, found, 4, 0) == -1 && errno == EINVAL);
    change(EPOLL_CTL_DEL, reader, 0, 0);
}

int main(void) {
    int ends[2];
    CHECK(pipe2(ends, O_NONBLOCK) == 0);
    set = epoll_create1(EPOLL_CLOEXEC);
    CHECK(set >= 0);
    level_and_edge(ends[0], ends[1]);
    counters();
    timeouts();
    what_is_closed();
    what_is_refused(ends[0]);
    /* An epoll can be polled, and watched by another. */
    int const inner = set;
    change(EPOLL_CTL_ADD, ends[0], EPOLLIN, 1);
    set = epoll_create(1);
    change(EPOLL_CTL_ADD, inner, EPOLLIN, 2);
    put(ends[1]);
    CHECK(now() == 1 && found[0].data.u64 == 2);
    struct pollfd polled = {.fd = inner, .events = POLLIN};
    CHECK(poll(&polled, 1, 1000) == 1);
    return failures != 0;
}
