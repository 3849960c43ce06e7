/* Stream sockets over loopback, both ends in this program: bytes come whole and in order, and what a socket tells is true.
   `sockets`, or `sockets late PORT`: sends a line to its only client and then computes for three seconds. */
#define _GNU_SOURCE
#include "check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int listener;

static int listen_at(unsigned short port) {
    int const socket_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int const on = 1;
    setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    CHECK(bind(socket_, (struct sockaddr*)&address, sizeof address) == 0);
    CHECK(listen(socket_, 16) == 0);
    return socket_;
}

static short look(int socket_, short events, int timeout) {
    struct pollfd entry = {.fd = socket_, .events = events};
    return poll(&entry, 1, timeout) > 0 ? entry.revents : 0;
}

struct pair {
    int near, far;
};

static struct pair connected(void) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    CHECK(getsockname(listener, (struct sockaddr*)&address, &size) == 0);
    struct pair pair = {.near = socket(AF_INET, SOCK_STREAM, 0)};
    CHECK(connect(pair.near, (struct sockaddr*)&address, size) == 0);
    CHECK(look(listener, POLLIN, 2000) == POLLIN);
    pair.far = accept4(listener, NULL, NULL, 0);
    CHECK(pair.far >= 0);
    int const on = 1;
    setsockopt(pair.near, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(pair.far, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return pair;
}

static void end(struct pair pair) {
    close(pair.near);
    close(pair.far);
}

static size_t receive_all(int socket_, char* to, size_t size) {
    size_t done = 0;
    while (done < size && look(socket_, POLLIN, 2000) != 0) {
        ssize_t const n = recv(socket_, to + done, size - done, 0);
        if (n <= 0) break;
        done += (size_t)n;
    }
    return done;
}

static void small_messages_stay_in_order(void) {
    struct pair const pair = connected();
    char sent[64], got[64];
    for (int i = 0; i < 2000; ++i) {
        int const from = i & 1 ? pair.near : pair.far, to = i & 1 ? pair.far : pair.near;
        int const size = snprintf(sent, sizeof sent, "message %d", i);
        ssize_t n = 0;
        switch (i % 3) {
        case 0: n = send(from, sent, (size_t)size, MSG_NOSIGNAL); break;
        case 1: n = write(from, sent, (size_t)size); break;
        default: n = writev(from, (struct iovec[]){{sent, 3}, {sent + 3, (size_t)size - 3}}, 2);
        }
        CHECK(n == size);
        CHECK(receive_all(to, got, (size_t)size) == (size_t)size && memcmp(sent, got, (size_t)size) == 0);
    }
    end(pair);
}

static void a_stream_of_odd_pieces_comes_whole(void) {
    enum { total = 8 << 20 };
    struct pair const pair = connected();
    fcntl(pair.near, F_SETFL, O_NONBLOCK);
    fcntl(pair.far, F_SETFL, O_NONBLOCK);
    static char piece[200000], got[70000];
    size_t sent = 0, received = 0;
    unsigned seed = 1;
    while (received < total) {
        struct pollfd set[2] = {{.fd = pair.near, .events = sent < total ? POLLOUT : 0}, {.fd = pair.far, .events = POLLIN}};
        CHECK(poll(set, 2, 2000) > 0);
        seed = seed * 1103515245 + 12345;
        if (set[0].revents & POLLOUT) {
            size_t const size = seed % sizeof piece < total - sent ? seed % sizeof piece : total - sent;
            for (size_t i = 0; i < size; ++i) piece[i] = (char)((sent + i) * 7 >> 3);
            ssize_t const n = send(pair.near, piece, size, MSG_DONTWAIT);
            if (n > 0) sent += (size_t)n;
        }
        if (!(set[1].revents & POLLIN)) continue;
        ssize_t const n = recv(pair.far, got, 1 + seed % sizeof got, MSG_DONTWAIT);
        for (ssize_t i = 0; i < n; ++i)
            if (got[i] != (char)((received + (size_t)i) * 7 >> 3)) {
                CHECK(!"a byte is not the one that was sent");
                return;
            }
        if (n > 0) received += (size_t)n;
    }
    CHECK(sent == total);
    end(pair);
}

static void a_peek_leaves_the_bytes(void) {
    struct pair const pair = connected();
    char got[16] = {0};
    int waiting = 0;
    CHECK(send(pair.near, "0123456789", 10, 0) == 10);
    CHECK(look(pair.far, POLLIN, 2000) == POLLIN);
    CHECK(recv(pair.far, got, 4, MSG_PEEK) == 4 && memcmp(got, "0123", 4) == 0);
    CHECK(ioctl(pair.far, FIONREAD, &waiting) == 0 && waiting == 10);
    CHECK(read(pair.far, got, 6) == 6 && memcmp(got, "012345", 6) == 0);
    CHECK(look(pair.far, POLLIN, 0) == POLLIN);
    CHECK(readv(pair.far, (struct iovec[]){{got, 2}, {got + 2, 9}}, 2) == 4 && memcmp(got, "6789", 4) == 0);
    CHECK(recv(pair.far, got, 4, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    end(pair);
}

static void waiting_for_all_waits_for_all(void) {
    struct pair const pair = connected();
    char got[16] = {0};
    CHECK(send(pair.near, "0123", 4, 0) == 4);
    CHECK(look(pair.far, POLLIN, 2000) == POLLIN);
    CHECK(send(pair.near, "4567", 4, 0) == 4);
    CHECK(recv(pair.far, got, 8, MSG_WAITALL) == 8 && memcmp(got, "01234567", 8) == 0);
    end(pair);
}

static void what_comes_after_an_empty_look_is_received(void) {
    struct pair const pair = connected();
    char got[4];
    for (int i = 0; i < 100; ++i) {
        CHECK(look(pair.far, POLLIN, 0) == 0);
        CHECK(send(pair.near, "abcd", 4, 0) == 4);
        ssize_t n = -1;
        for (int tries = 0; n < 0 && tries < 1000; ++tries) n = recv(pair.far, got, 4, MSG_DONTWAIT);
        CHECK(n == 4);
        CHECK(look(pair.near, POLLIN, 0) == 0);
        CHECK(recv(pair.near, got, 4, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    }
    CHECK(look(listener, POLLIN, 0) == 0);
    CHECK(accept4(listener, NULL, NULL, 0) == -1 && errno == EAGAIN);
    end(pair);
}

static void two_entries_of_one_socket_both_find_it(void) {
    struct pair const pair = connected();
    char got[16];
    CHECK(send(pair.near, "0123456789", 10, 0) == 10);
    CHECK(look(pair.far, POLLIN, 2000) == POLLIN);
    struct pollfd set[2] = {{.fd = pair.far, .events = POLLIN}, {.fd = pair.far, .events = POLLIN | POLLOUT}};
    CHECK(poll(set, 2, 2000) == 2 && set[0].revents == POLLIN && set[1].revents == (POLLIN | POLLOUT));
    CHECK(receive_all(pair.far, got, 10) == 10 && memcmp(got, "0123456789", 10) == 0);
    end(pair);
}

static void a_copy_of_the_descriptor_reads_on(void) {
    struct pair const pair = connected();
    char got[16];
    CHECK(send(pair.near, "0123456789", 10, 0) == 10);
    CHECK(look(pair.far, POLLIN, 2000) == POLLIN);
    CHECK(recv(pair.far, got, 3, 0) == 3);
    int const copy = dup(pair.far);
    CHECK(recv(copy, got, 3, 0) == 3 && memcmp(got, "345", 3) == 0);
    CHECK(close(pair.far) == 0);
    CHECK(receive_all(copy, got, 4) == 4 && memcmp(got, "6789", 4) == 0);
    CHECK(send(copy, "back", 4, 0) == 4 && receive_all(pair.near, got, 4) == 4);
    close(copy);
    close(pair.near);
}

static void all_that_was_sent_comes_before_the_end(void) {
    struct pair pair = connected();
    static char got[70000];
    for (int i = 0; i < 20; ++i) CHECK(send(pair.near, "line\n", 5, 0) == 5);
    CHECK(shutdown(pair.near, SHUT_WR) == 0);
    CHECK(receive_all(pair.far, got, sizeof got) == 100);
    CHECK(recv(pair.far, got, 1, 0) == 0);
    CHECK(send(pair.near, "x", 1, MSG_NOSIGNAL) == -1 && errno == EPIPE);
    end(pair);
    pair = connected();
    for (int i = 0; i < 20; ++i) CHECK(send(pair.near, "line\n", 5, 0) == 5);
    close(pair.near);
    CHECK(receive_all(pair.far, got, sizeof got) == 100);
    close(pair.far);
}

static void a_reset_is_told_and_no_end(void) {
    struct pair const pair = connected();
    struct linger const at_once = {.l_onoff = 1, .l_linger = 0};
    char got[16];
    CHECK(send(pair.near, "a", 1, 0) == 1 && receive_all(pair.far, got, 1) == 1);
    CHECK(setsockopt(pair.far, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
    close(pair.far);
    ssize_t n = 0; // one of these sends or the look behind it tells
    for (int i = 0; i < 3 && n >= 0; ++i) {
        n = send(pair.near, "b", 1, MSG_NOSIGNAL);
        if (n >= 0) look(pair.near, POLLIN, 100), n = recv(pair.near, got, 1, MSG_DONTWAIT);
    }
    CHECK(n == -1 && (errno == ECONNRESET || errno == EPIPE));
    close(pair.near);
}

static void many_sockets_at_once(void) {
    enum { count = 100 };
    struct pair pairs[count];
    struct pollfd set[count];
    char got[16], expected[16];
    for (int i = 0; i < count; ++i) pairs[i] = connected();
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < count; ++i) {
            int const size = snprintf(expected, sizeof expected, "%05d %05d", i, round);
            CHECK(send(pairs[i].near, expected, (size_t)size, 0) == size);
            set[i] = (struct pollfd){.fd = pairs[i].far, .events = POLLIN};
        }
        for (int left = count; left > 0;) {
            CHECK(poll(set, count, 2000) > 0);
            for (int i = 0; i < count; ++i) {
                if (!(set[i].revents & POLLIN)) continue;
                snprintf(expected, sizeof expected, "%05d %05d", i, round);
                CHECK(recv(pairs[i].far, got, sizeof got, MSG_DONTWAIT) == 11 && memcmp(got, expected, 11) == 0);
                set[i].fd = -1;
                --left;
            }
            if (failures > 10) return;
        }
    }
    for (int i = 0; i < count; ++i) end(pairs[i]);
}

static int send_and_compute(unsigned short port) {
    listener = listen_at(port);
    puts("ready");
    fflush(stdout);
    CHECK(look(listener, POLLIN, 10000) == POLLIN);
    int const client = accept(listener, NULL, NULL);
    for (int i = 0; i < 4; ++i) {
        usleep(5000); // a call of the host
        CHECK(send(client, "now\n", 4, 0) == 4);
    }
    struct timespec begin, now;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do clock_gettime(CLOCK_MONOTONIC, &now);
    while (now.tv_sec - begin.tv_sec < 3);
    return failures != 0;
}

int main(int argc, char** argv) {
    if (argc == 3) return send_and_compute((unsigned short)atoi(argv[2]));
    listener = listen_at(0);
    small_messages_stay_in_order();
    a_stream_of_odd_pieces_comes_whole();
    a_peek_leaves_the_bytes();
    waiting_for_all_waits_for_all();
    what_comes_after_an_empty_look_is_received();
    two_entries_of_one_socket_both_find_it();
    a_copy_of_the_descriptor_reads_on();
    all_that_was_sent_comes_before_the_end();
    a_reset_is_told_and_no_end();
    many_sockets_at_once();
    return failures != 0;
}
