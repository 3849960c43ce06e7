// Finds a pre-opened socket by its name and writes all of a buffer to it.

#pragma once

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// The descriptor whose name in FD_NAMES is `name`; without FD_NAMES the first one after the
// standard streams.
static inline int named_descriptor(char const* name) {
    char const* names = getenv("FD_NAMES");
    if (!names) return 3;
    for (int descriptor = 0; *names; ++descriptor) {
        size_t const length = strcspn(names, ":");
        if (length == strlen(name) && strncmp(names, name, length) == 0) return descriptor;
        names += length + (names[length] == ':');
    }
    return -1;
}

static inline int send_all(int socket, char const* data, size_t length) {
    while (length > 0) {
        ssize_t const sent = send(socket, data, length, 0);
        if (sent < 0 && errno == EAGAIN) {
            struct pollfd writable = {.fd = socket, .events = POLLWRNORM};
            if (poll(&writable, 1, -1) < 0) return -1;
        } else if (sent <= 0) {
            return -1;
        } else {
            data += sent;
            length -= (size_t)sent;
        }
    }
    return 0;
}
