/* Waits for its standard input, by read and by poll: what the host's process is sent meanwhile is nobody's business here. With an
   argument: waits for ever, while another thread ends the program, a little earlier or later. */
#define _GNU_SOURCE
#include "check.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void* end(void* delay_us) {
    usleep((useconds_t)atoi(delay_us));
    _exit(7);
}

int main(int argc, char** argv) {
    pthread_t thread;
    int ends[2];
    char byte = 0;
    if (argc > 1) {
        CHECK(pipe(ends) == 0 && pthread_create(&thread, 0, end, argv[1]) == 0);
        return read(ends[0], &byte, 1) == 0 ? 1 : 2;
    }
    puts("waits"), fflush(stdout);
    struct pollfd input = {.fd = 0, .events = POLLIN};
    CHECK(poll(&input, 1, -1) == 1);
    CHECK(read(0, &byte, 1) == 1 && byte == 'a');
    CHECK(read(0, &byte, 1) == 1 && byte == 'b');
    return failures != 0;
}
