// A small web server with connections that stay open: answers GET /, GET /bytes/N and POST /echo,
// several clients at once. `http_server [N]` ends after N connections have closed.

#include "sockets.h"

#include <fcntl.h>
#include <stdio.h>

enum { most_clients = 200, room = 16384 };

struct Client {
    char data[room + 1];
    size_t length;
};

static struct pollfd watched[1 + most_clients];
static struct Client* clients[1 + most_clients];
static nfds_t used = 1;
static long gone = 0;
static char body[1 << 20];

static int answer(int socket, char const* status, char const* content, size_t length) {
    char head[160];
    int const size = snprintf(
        head,
        sizeof head,
        "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
        status,
        length
    );
    if (length < sizeof body / 2) { // one piece where it is small
        static char all[sizeof body];
        memcpy(all, head, (size_t)size);
        memcpy(all + size, content, length);
        return send_all(socket, all, (size_t)size + length);
    }
    return send_all(socket, head, (size_t)size) || send_all(socket, content, length);
}

static int respond(int socket, char const* request, char const* content, size_t length) {
    static char const greeting[] = "Hello from WebAssembly\n";
    size_t wanted = 0;
    if (strncmp(request, "GET / ", 6) == 0)
        return answer(socket, "200 OK", greeting, sizeof greeting - 1);
    if (sscanf(request, "GET /bytes/%zu ", &wanted) == 1 && wanted <= sizeof body)
        return answer(socket, "200 OK", body, wanted);
    if (strncmp(request, "POST /echo ", 11) == 0) return answer(socket, "200 OK", content, length);
    return answer(socket, "404 Not Found", "no such page\n", 13);
}

// Answers every complete request that has arrived. Returns 0 when the connection is over.
static int serve(nfds_t which) {
    struct Client* const client = clients[which];
    int const socket = watched[which].fd;
    ssize_t const got = recv(socket, client->data + client->length, room - client->length, 0);
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return 0;
    client->length += (size_t)got;
    for (;;) {
        client->data[client->length] = 0;
        char* const end = strstr(client->data, "\r\n\r\n");
        if (!end) return client->length < room;
        size_t content = 0;
        char* const stated = strstr(client->data, "Content-Length:");
        if (stated && stated < end) content = strtoul(stated + 15, NULL, 10);
        size_t const whole = (size_t)(end - client->data) + 4 + content;
        if (content > room || whole > room) return 0;
        if (whole > client->length) return 1;
        if (respond(socket, client->data, end + 4, content) != 0) return 0;
        memmove(client->data, client->data + whole, client->length - whole);
        client->length -= whole;
    }
}

static void welcome(void) {
    int const socket = accept(watched[0].fd, NULL, NULL);
    if (socket < 0) return;
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
}

int main(int argc, char** argv) {
    long const wanted = argc > 1 ? atol(argv[1]) : 0;
    memset(body, 'x', sizeof body);
    watched[0] = (struct pollfd){.fd = named_descriptor("ingest"), .events = POLLRDNORM};
    fcntl(watched[0].fd, F_SETFL, fcntl(watched[0].fd, F_GETFL) | O_NONBLOCK);
    puts("listening");
    fflush(stdout);
    while (wanted == 0 || gone < wanted) {
        watched[0].events = used <= most_clients ? POLLRDNORM : 0;
        if (poll(watched, used, -1) < 0) {
            perror("poll");
            return 1;
        }
        for (nfds_t which = used; which-- > 1;)
            if (watched[which].revents && !serve(which)) dismiss(which);
        if (watched[0].revents && used <= most_clients) welcome();
    }
    printf("served %ld\n", gone);
    return 0;
}
