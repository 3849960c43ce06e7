// The finer points of sockets, with one client of the pre-opened listener `ingest`: MSG_PEEK,
// MSG_WAITALL, non-blocking reads, poll with a time limit, shutdown in one direction. The client
// sends "0123456789", later "abcde", then closes.

#include "sockets.h"

#include <fcntl.h>
#include <stdio.h>

static void report(char const* what, ssize_t got, char const* data) {
    if (got >= 0)
        printf("%s %zd %.*s\n", what, got, (int)got, data);
    else
        printf("%s failed: %s\n", what, errno == EAGAIN ? "EAGAIN" : strerror(errno));
    fflush(stdout);
}

int main(void) {
    char data[16];
    int const listener = named_descriptor("ingest");
    puts("listening");
    fflush(stdout);
    struct pollfd incoming = {.fd = listener, .events = POLLRDNORM};
    poll(&incoming, 1, -1);
    int const client = accept(listener, NULL, NULL);
    if (client < 0) {
        perror("accept");
        return 1;
    }
    report("peek", recv(client, data, 4, MSG_PEEK), data);
    report("again", recv(client, data, 4, 0), data);
    report("rest", recv(client, data, 6, MSG_WAITALL), data);

    fcntl(client, F_SETFL, O_NONBLOCK);
    report("empty", recv(client, data, sizeof data, 0), data);
    struct pollfd silent = {.fd = client, .events = POLLRDNORM};
    printf("silent %d\n", poll(&silent, 1, 50));
    fcntl(client, F_SETFL, 0);

    report("greet", send(client, "more", 4, 0), "more");
    report("all", recv(client, data, 5, MSG_WAITALL), data);
    printf("shutdown %d\n", shutdown(client, SHUT_WR));
    report("end", recv(client, data, sizeof data, 0), data);
    close(client);
    return 0;
}
