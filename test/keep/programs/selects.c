/* select and pselect: sets in and out, times, what is refused; on pipes, sockets, files and what is closed. */
#define _GNU_SOURCE
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long milliseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static fd_set set_of(int first, int second) {
    fd_set set;
    FD_ZERO(&set);
    if (first >= 0) FD_SET(first, &set);
    if (second >= 0) FD_SET(second, &set);
    return set;
}

static int same(fd_set const* left, fd_set right) { return memcmp(left, &right, sizeof right) == 0; }

static void sets(int reader, int writer) {
    struct timeval none = {0};
    fd_set in = set_of(reader, -1), out = set_of(writer, -1), special = set_of(reader, writer);
    CHECK(select(writer + 1, &in, &out, &special, &none) == 1);
    CHECK(same(&in, set_of(-1, -1)) && same(&out, set_of(writer, -1)) && same(&special, set_of(-1, -1)));
    CHECK(write(writer, "x", 1) == 1);
    in = set_of(reader, writer), out = set_of(writer, reader);
    CHECK(select(writer + 1, &in, &out, 0, 0) == 2);
    CHECK(same(&in, set_of(reader, -1)) && same(&out, set_of(writer, -1)));
    /* Numbers from the first argument on are not looked at, not even open ones. */
    in = set_of(reader, -1), out = set_of(writer, 60);
    CHECK(select(reader + 1, &in, &out, 0, &none) == 1);
    CHECK(same(&in, set_of(reader, -1)) && same(&out, set_of(-1, -1)));
    char byte;
    CHECK(read(reader, &byte, 1) == 1);
    in = set_of(reader, -1);
    CHECK(select(0, &in, 0, 0, &none) == 0);
}

static void high_numbers(int reader, int writer) {
    struct timeval none = {0};
    int const high = fcntl(reader, F_DUPFD, 700);
    CHECK(high >= 700);
    CHECK(write(writer, "x", 1) == 1);
    fd_set in = set_of(high, reader);
    CHECK(select(high + 1, &in, 0, 0, &none) == 2 && same(&in, set_of(high, reader)));
    in = set_of(high, -1);
    CHECK(select(high, &in, 0, 0, &none) == 0);
    char byte;
    CHECK(read(reader, &byte, 1) == 1);
    close(high);
}

static void times(int reader) {
    fd_set in = set_of(reader, -1);
    struct timeval wait = {.tv_usec = 30000};
    long begin = milliseconds();
    CHECK(syscall(SYS_select, reader + 1, &in, 0, 0, &wait) == 0 && same(&in, set_of(-1, -1)));
    CHECK(milliseconds() - begin >= 30 && wait.tv_sec == 0 && wait.tv_usec == 0);
    wait = (struct timeval){.tv_usec = 30000}, begin = milliseconds();
    CHECK(select(0, 0, 0, 0, &wait) == 0 && milliseconds() - begin >= 30);
    wait = (struct timeval){.tv_usec = 1030000}, begin = milliseconds(); /* more than a second of them */
    CHECK(syscall(SYS_select, 0, 0, 0, 0, &wait) == 0 && milliseconds() - begin >= 1030);
    struct timespec const exact = {.tv_nsec = 30000000};
    begin = milliseconds(), in = set_of(reader, -1);
    CHECK(pselect(reader + 1, &in, 0, 0, &exact, 0) == 0 && milliseconds() - begin >= 30);
    /* What is left comes back; C libraries hide that of pselect, musl of both. */
    int ends[2];
    CHECK(pipe(ends) == 0);
    wait = (struct timeval){.tv_sec = 500}, in = set_of(ends[1], -1);
    CHECK(syscall(SYS_select, ends[1] + 1, 0, &in, 0, &wait) == 1 && wait.tv_sec >= 400 && wait.tv_sec < 500);
    struct timespec left = {.tv_sec = 500};
    in = set_of(ends[1], -1);
    CHECK(syscall(SYS_pselect6, ends[1] + 1, 0, &in, 0, &left, 0) == 1 && left.tv_sec >= 400 && left.tv_sec < 500);
    close(ends[0]), close(ends[1]);
}

static void what_is_closed(void) {
    int ends[2];
    struct timeval none = {0};
    CHECK(pipe(ends) == 0);
    close(ends[1]);
    fd_set in = set_of(ends[0], -1), out = set_of(-1, -1);
    CHECK(select(ends[0] + 1, &in, 0, 0, &none) == 1 && same(&in, set_of(ends[0], -1)));
    close(ends[0]);
    CHECK(pipe(ends) == 0);
    close(ends[0]);
    in = set_of(ends[1], -1), out = set_of(ends[1], -1);
    CHECK(select(ends[1] + 1, &in, &out, 0, &none) == 2); /* no reader: an error, to both */
    close(ends[1]);
    /* What is not open is an error, and the sets stay as they were. */
    in = set_of(ends[1], 0);
    CHECK(select(ends[1] + 1, &in, 0, 0, &none) == -1 && errno == EBADF);
    CHECK(same(&in, set_of(ends[1], 0)));
}

static void what_is_refused(int reader) {
    fd_set in = set_of(reader, -1);
    struct timeval wait = {.tv_sec = -1};
    CHECK(select(-1, &in, 0, 0, 0) == -1 && errno == EINVAL);
    CHECK(select(reader + 1, &in, 0, 0, &wait) == -1 && errno == EINVAL);
    wait = (struct timeval){.tv_usec = -1};
    CHECK(select(reader + 1, &in, 0, 0, &wait) == -1 && errno == EINVAL);
    struct timespec exact = {.tv_nsec = 1000000000};
    CHECK(pselect(reader + 1, &in, 0, 0, &exact, 0) == -1 && errno == EINVAL);
    exact.tv_nsec = 0;
    CHECK(syscall(SYS_select, reader + 1, (void*)1, 0, 0, &exact) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_select, reader + 1, &in, 0, 0, (void*)1) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_select, 0, (void*)1, 0, 0, &exact) == 0); /* nothing is read there */
    struct {
        void* set;
        size_t size;
    } mask = {&in, 7};
    CHECK(syscall(SYS_pselect6, reader + 1, &in, 0, 0, &exact, &mask) == -1 && errno == EINVAL);
    mask.size = 8, in = set_of(reader, -1);
    CHECK(syscall(SYS_pselect6, reader + 1, &in, 0, 0, &exact, &mask) == 0);
    CHECK(syscall(SYS_pselect6, reader + 1, &in, 0, 0, &exact, (void*)1) == -1 && errno == EFAULT);
    /* A time that cannot be stored back spoils nothing. */
    struct timeval* const fixed = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fixed->tv_usec = 1000;
    CHECK(mprotect(fixed, 4096, PROT_READ) == 0);
    in = set_of(reader, -1);
    CHECK(syscall(SYS_select, reader + 1, &in, 0, 0, fixed) == 0 && fixed->tv_usec == 1000);
}

int main(void) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    sets(ends[0], ends[1]);
    high_numbers(ends[0], ends[1]);
    times(ends[0]);
    what_is_closed();
    what_is_refused(ends[0]);
    return failures != 0;
}
