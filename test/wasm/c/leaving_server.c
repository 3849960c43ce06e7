// Sends each of N clients as much as goes without waiting, and closes; says how much that was, and
// stays for two seconds more. `leaving_server N`.

#include "sockets.h"

#include <fcntl.h>
#include <stdio.h>

static char data[65536];

static unsigned long send_what_goes(int socket) {
    unsigned long sent = 0;
    for (;;) {
        ssize_t const count = send(socket, data, sizeof data, 0);
        if (count < 0) return sent;
        sent += (unsigned long)count;
    }
}

int main(int argc, char** argv) {
    long const wanted = argc > 1 ? atol(argv[1]) : 1;
    struct pollfd listener = {.fd = named_descriptor("ingest"), .events = POLLRDNORM};
    puts("listening");
    fflush(stdout);
    for (long served = 0; served < wanted;) {
        if (poll(&listener, 1, -1) < 0) return 1;
        int const socket = accept(listener.fd, NULL, NULL);
        if (socket < 0) continue;
        fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
        unsigned long const sent = send_what_goes(socket);
        close(socket);
        printf("%lu\n", sent);
        fflush(stdout);
        ++served;
    }
    poll(NULL, 0, 2000);
    return 0;
}
