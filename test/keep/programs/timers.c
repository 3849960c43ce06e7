/* Timers as files (timerfd): once and again, to a moment, read, polled, in an epoll, stopped, shared by numbers and threads. */
#define _GNU_SOURCE
#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000L

static struct itimerspec after(long first_ns, long again_ns) {
    return (struct itimerspec){.it_value = {first_ns / (1000 * MS), first_ns % (1000 * MS)},
                               .it_interval = {again_ns / (1000 * MS), again_ns % (1000 * MS)}};
}

static int64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000 * MS + time.tv_nsec;
}

static void set(int timer, long first_ns, long again_ns) {
    struct itimerspec const wanted = after(first_ns, again_ns);
    CHECK(timerfd_settime(timer, 0, &wanted, 0) == 0);
}

static int64_t left(int timer) {
    struct itimerspec got;
    CHECK(timerfd_gettime(timer, &got) == 0);
    return got.it_value.tv_sec * 1000 * MS + got.it_value.tv_nsec;
}

/* How often it ran out, 0: not yet; -1 another error. */
static int64_t times(int timer) {
    uint64_t count = 0;
    ssize_t const got = read(timer, &count, sizeof count);
    if (got == sizeof count) return (int64_t)count;
    return errno == EAGAIN ? 0 : -1;
}

static int polled(int timer, int wait_ms) {
    struct pollfd entry = {.fd = timer, .events = POLLIN | POLLOUT};
    int const found = poll(&entry, 1, wait_ms);
    CHECK(found == 0 || entry.revents == POLLIN);
    return found;
}

static void once(clockid_t clock) {
    int const timer = timerfd_create(clock, TFD_NONBLOCK | TFD_CLOEXEC);
    CHECK(timer >= 0 && fcntl(timer, F_GETFD) == FD_CLOEXEC);
    CHECK((fcntl(timer, F_GETFL) & (O_ACCMODE | O_NONBLOCK)) == (O_RDWR | O_NONBLOCK));
    CHECK(left(timer) == 0 && times(timer) == 0 && polled(timer, 0) == 0);
    int64_t const begin = now(CLOCK_MONOTONIC);
    set(timer, 300 * MS, 0); /* long enough for a busy machine */
    CHECK(left(timer) > 0 && left(timer) <= 300 * MS);
    CHECK(times(timer) == 0);
    CHECK(polled(timer, 60000) == 1);
    CHECK(times(timer) == 1 && now(CLOCK_MONOTONIC) - begin >= 300 * MS);
    CHECK(times(timer) == 0 && left(timer) == 0 && polled(timer, 30) == 0);
    close(timer);
}

static void again(void) {
    int const timer = timerfd_create(CLOCK_MONOTONIC, 0);
    int64_t const begin = now(CLOCK_MONOTONIC);
    set(timer, 5 * MS, 10 * MS);
    int64_t sum = 0;
    while (sum < 5) sum += times(timer); /* waits */
    CHECK(now(CLOCK_MONOTONIC) - begin >= 45 * MS);
    usleep(50000);
    sum += times(timer);
    CHECK(sum >= 9);
    CHECK(left(timer) > 0 && left(timer) <= 10 * MS);
    usleep(30000); /* not read, but it goes on */
    CHECK(left(timer) > 0 && left(timer) <= 10 * MS);
    struct itimerspec old, stopped = after(0, 0);
    CHECK(timerfd_settime(timer, 0, &stopped, &old) == 0);
    CHECK(old.it_interval.tv_nsec == 10 * MS && old.it_value.tv_nsec > 0);
    CHECK(polled(timer, 20) == 0 && left(timer) == 0); /* what was not read is lost */
    struct itimerspec const kept = after(0, 7 * MS);
    CHECK(timerfd_settime(timer, 0, &kept, 0) == 0 && timerfd_gettime(timer, &old) == 0);
    CHECK(old.it_interval.tv_nsec == 7 * MS && old.it_value.tv_nsec == 0);
    close(timer);
}

static void to_a_moment(clockid_t clock, int flags) {
    int const timer = timerfd_create(clock, TFD_NONBLOCK);
    int64_t const at = now(clock) + 300 * MS;
    struct itimerspec wanted = after(at, 0);
    CHECK(timerfd_settime(timer, TFD_TIMER_ABSTIME | flags, &wanted, 0) == 0);
    CHECK(left(timer) > 0 && left(timer) <= 300 * MS);
    CHECK(polled(timer, 60000) == 1 && times(timer) == 1 && now(clock) >= at);
    wanted = after(at - 40 * MS, 10 * MS); /* in the past: those that were missed count */
    CHECK(timerfd_settime(timer, TFD_TIMER_ABSTIME | flags, &wanted, 0) == 0);
    CHECK(polled(timer, 1000) == 1 && times(timer) >= 5);
    close(timer);
}

static void in_an_epoll(void) {
    int const set_of = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 77}, found = {0};
    CHECK(epoll_ctl(set_of, EPOLL_CTL_ADD, timer, &event) == 0);
    set(timer, 300 * MS, 10 * MS);
    CHECK(epoll_wait(set_of, &found, 1, 0) == 0);
    CHECK(epoll_wait(set_of, &found, 1, 60000) == 1 && found.data.u64 == 77 && found.events == EPOLLIN);
    CHECK(epoll_wait(set_of, &found, 1, 0) == 1);
    CHECK(times(timer) >= 1);
    event.events = EPOLLIN | EPOLLET;
    CHECK(epoll_ctl(set_of, EPOLL_CTL_MOD, timer, &event) == 0);
    for (int i = 0; i < 3; ++i) { /* an edge for each time that it runs out, once it was read */
        CHECK(epoll_wait(set_of, &found, 1, 60000) == 1);
        CHECK(times(timer) >= 1);
    }
    set(timer, 0, 0);
    CHECK(epoll_wait(set_of, &found, 1, 30) == 0);
    struct pollfd entry = {.fd = set_of, .events = POLLIN};
    set(timer, 10 * MS, 0);
    CHECK(poll(&entry, 1, 60000) == 1);
    close(timer), close(set_of);
}

static void by_two_numbers(void) {
    int const timer = timerfd_create(CLOCK_MONOTONIC, 0), other = dup(timer);
    set(other, 5 * MS, 0);
    close(timer);
    CHECK(polled(other, 60000) == 1);
    CHECK(fcntl(other, F_SETFL, O_NONBLOCK) == 0);
    int const third = dup(other);
    CHECK(times(third) == 1 && times(other) == 0 && times(third) == 0);
    CHECK(fcntl(third, F_SETFL, 0) == 0); /* of both: it waits */
    set(third, 5 * MS, 0);
    CHECK(times(other) == 1);
    close(third), close(other);
    CHECK(times(other) == -1 && errno == EBADF);
    /* The number means something else from now on. */
    int const next = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    CHECK(times(next) == 0 && left(next) == 0);
    close(next);
}

static void* set_later(void* timer) {
    usleep(20000);
    set(*(int*)timer, 1, 0);
    return 0;
}

static void by_two_threads(void) {
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    pthread_t thread;
    if (pthread_create(&thread, 0, set_later, &timer) != 0) return; /* a Keep of one vCPU */
    CHECK(times(timer) == 1); /* waits, though nothing was to come */
    pthread_join(thread, 0);
    set(timer, 3600 * 1000 * MS, 0);
    CHECK(pthread_create(&thread, 0, set_later, &timer) == 0);
    CHECK(times(timer) == 1);
    pthread_join(thread, 0);
    CHECK(pthread_create(&thread, 0, set_later, &timer) == 0);
    CHECK(polled(timer, 60000) == 1);
    pthread_join(thread, 0);
    close(timer);
}

static void what_is_refused(void) {
    uint64_t count = 1, *const volatile nowhere = (uint64_t*)1;
    struct itimerspec wanted = after(1, 0);
    CHECK(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0) == -1 && errno == EINVAL);
    CHECK(timerfd_create(99, 0) == -1 && errno == EINVAL);
    CHECK(timerfd_create(CLOCK_MONOTONIC, 1) == -1 && errno == EINVAL);
    int const timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    CHECK(timerfd_settime(timer, 4, &wanted, 0) == -1 && errno == EINVAL);
    CHECK(timerfd_settime(999, 0, &wanted, 0) == -1 && errno == EBADF);
    CHECK(timerfd_settime(1, 0, &wanted, 0) == -1 && errno == EINVAL);
    CHECK(timerfd_gettime(1, &wanted) == -1 && errno == EINVAL);
    CHECK(timerfd_gettime(999, &wanted) == -1 && errno == EBADF);
    CHECK(timerfd_settime(timer, 0, (void*)1, 0) == -1 && errno == EFAULT);
    CHECK(timerfd_gettime(timer, (void*)1) == -1 && errno == EFAULT);
    wanted.it_value.tv_nsec = 1000 * MS;
    CHECK(timerfd_settime(timer, 0, &wanted, 0) == -1 && errno == EINVAL);
    wanted = after(1, 0), wanted.it_interval.tv_sec = -1;
    CHECK(timerfd_settime(timer, 0, &wanted, 0) == -1 && errno == EINVAL);
    set(timer, 1, 0);
    CHECK(polled(timer, 60000) == 1);
    CHECK(read(timer, &count, 7) == -1 && errno == EINVAL);
    CHECK(write(timer, &count, 8) == -1 && errno == EINVAL);
    CHECK(pread(timer, &count, 8, 0) == -1 && errno == ESPIPE);
    CHECK(read(timer, nowhere, 8) == -1 && errno == EFAULT);
    char parts[2][8];
    set(timer, 1, 0);
    CHECK(polled(timer, 60000) == 1);
    struct iovec const two[] = {{parts[0], 4}, {parts[1], 8}};
    CHECK(readv(timer, two, 2) == 8 && parts[0][0] == 1 && parts[1][3] == 0);
    close(timer);
}

int main(void) {
    once(CLOCK_MONOTONIC);
    once(CLOCK_REALTIME);
    once(CLOCK_BOOTTIME);
    again();
    to_a_moment(CLOCK_MONOTONIC, 0);
    to_a_moment(CLOCK_REALTIME, TFD_TIMER_CANCEL_ON_SET);
    in_an_epoll();
    by_two_numbers();
    by_two_threads();
    what_is_refused();
    return failures != 0;
}
