// Sends back what each of its clients sends, all of them at the same time, with one poll over
// everything. `echo_server [N]` ends after N clients have gone; without N it serves until it is
// stopped.

#include "sockets.h"

#include <fcntl.h>
#include <stdio.h>

enum { most_clients = 200, room = 65536 };

struct Client {
    char data[room];
    size_t start, end; // what is still to be sent back
};

static struct pollfd watched[1 + most_clients];
static struct Client* clients[1 + most_clients];
static nfds_t used = 1;
static long gone = 0;
static int full = 0; // the limit is reached: nobody is welcome until a client has gone

static void welcome(void) {
    int const socket = accept(watched[0].fd, NULL, NULL);
    if (socket < 0) {
        if (errno != EAGAIN) perror("accept");
        full = errno == ENFILE || errno == EMFILE;
        return;
    }
    fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
    clients[used] = calloc(1, sizeof **clients);
    watched[used] = (struct pollfd){.fd = socket, .events = POLLRDNORM};
    ++used;
}

static void dismiss(nfds_t which) {
    close(watched[which].fd);
    free(clients[which]);
    --used;
    watched[which] = watched[used];
    clients[which] = clients[used];
    ++gone;
    full = 0;
}

// Returns 0 when the client has gone.
static int serve(nfds_t which) {
    struct Client* const client = clients[which];
    if (client->start == client->end) {
        ssize_t const got = recv(watched[which].fd, client->data, room, 0);
        if (got < 0) return errno == EAGAIN;
        if (got == 0) return 0;
        client->start = 0;
        client->end = (size_t)got;
    }
    ssize_t const sent =
        send(watched[which].fd, client->data + client->start, client->end - client->start, 0);
    if (sent < 0 && errno != EAGAIN) return 0;
    if (sent > 0) client->start += (size_t)sent;
    watched[which].events = client->start < client->end ? POLLWRNORM : POLLRDNORM;
    return 1;
}

int main(int argc, char** argv) {
    long const wanted = argc > 1 ? atol(argv[1]) : 0;
    watched[0] = (struct pollfd){.fd = named_descriptor("ingest"), .events = POLLRDNORM};
    fcntl(watched[0].fd, F_SETFL, fcntl(watched[0].fd, F_GETFL) | O_NONBLOCK);
    puts("listening");
    fflush(stdout);
    while (wanted == 0 || gone < wanted) {
        // wasi-libc refuses an entry without events: where nobody is welcome, the listener is left
        // out.
        nfds_t const first = full || used > most_clients ? 1 : 0;
        watched[0].revents = 0;
        if (poll(watched + first, used - first, -1) < 0) {
            perror("poll");
            return 1;
        }
        for (nfds_t which = used; which-- > 1;)
            if (watched[which].revents && !serve(which)) dismiss(which);
        if (watched[0].revents) welcome();
    }
    printf("served %ld\n", gone);
    return 0;
}
