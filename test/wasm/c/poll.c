// Waits for standard input with poll, up to the given milliseconds at a time, and tells each thing
// that happens.

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char** argv) {
    int const timeout_ms = argc > 1 ? atoi(argv[1]) : 100;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (;;) {
        struct pollfd input = {.fd = 0, .events = POLLRDNORM};
        int const ready = poll(&input, 1, timeout_ms);
        if (ready < 0) {
            perror("poll");
            return 1;
        }
        if (ready == 0) {
            puts("timeout");
            continue;
        }
        char line[256];
        ssize_t const got = read(0, line, sizeof line - 1);
        if (got < 0) {
            perror("read");
            return 2;
        }
        if (got == 0) {
            puts("end");
            return 0;
        }
        printf("data %zd\n", got);
    }
}
