// Tells the monotonic clock and the time of day, in nanoseconds, once for each byte that it reads:
// how fast a Keep's clock goes is for somebody outside to see.

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static long long nanoseconds(clockid_t clock) {
    struct timespec now;
    if (clock_gettime(clock, &now) != 0) return -1;
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(void) {
    char byte;
    while (read(STDIN_FILENO, &byte, 1) == 1) {
        printf("%lld %lld\n", nanoseconds(CLOCK_MONOTONIC), nanoseconds(CLOCK_REALTIME));
        fflush(stdout);
    }
    return 0;
}
