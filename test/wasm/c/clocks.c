// Prints what the clocks say: seconds since 1970, the length of a sleep of 50 ms, the resolutions,
// and whether the monotonic clock ever ran backwards.

#include <stdio.h>
#include <time.h>

static long long nanoseconds(clockid_t clock) {
    struct timespec now;
    if (clock_gettime(clock, &now) != 0) return -1;
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(void) {
    printf("realtime %lld\n", nanoseconds(CLOCK_REALTIME) / 1000000000LL);

    long long const before = nanoseconds(CLOCK_MONOTONIC);
    struct timespec const pause = {.tv_sec = 0, .tv_nsec = 50000000};
    int const slept = nanosleep(&pause, NULL);
    printf("slept %d %lld\n", slept, (nanoseconds(CLOCK_MONOTONIC) - before) / 1000000LL);

    struct timespec realtime_step, monotonic_step;
    clock_getres(CLOCK_REALTIME, &realtime_step);
    clock_getres(CLOCK_MONOTONIC, &monotonic_step);
    printf("resolution %ld %ld\n", realtime_step.tv_nsec, monotonic_step.tv_nsec);

    int backwards = 0;
    long long last = nanoseconds(CLOCK_MONOTONIC);
    for (int i = 0; i < 100000; ++i) {
        long long const now = nanoseconds(CLOCK_MONOTONIC);
        backwards += now < last;
        last = now;
    }
    printf("backwards %d\n", backwards);
    return 0;
}
