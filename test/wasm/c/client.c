// Talks to the pre-opened connection named `server`: sends its standard input, then prints all that
// comes back.

#include "sockets.h"

#include <stdio.h>

static char buffer[65536];

int main(void) {
    int const server = named_descriptor("server");
    if (server < 0) {
        fputs("no connection is named server\n", stderr);
        return 2;
    }
    for (ssize_t got; (got = read(0, buffer, sizeof buffer)) > 0;)
        if (send_all(server, buffer, (size_t)got) != 0) {
            perror("send");
            return 3;
        }
    if (shutdown(server, SHUT_WR) != 0) {
        perror("shutdown");
        return 4;
    }
    for (;;) {
        ssize_t const got = recv(server, buffer, sizeof buffer, 0);
        if (got < 0 && errno == EAGAIN) {
            struct pollfd readable = {.fd = server, .events = POLLRDNORM};
            poll(&readable, 1, -1);
            continue;
        }
        if (got < 0) {
            perror("recv");
            return 5;
        }
        if (got == 0) return 0;
        fwrite(buffer, 1, (size_t)got, stdout);
        fflush(stdout);
    }
}
