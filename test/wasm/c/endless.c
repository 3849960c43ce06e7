// Writes lines to standard output until a write fails, and says how it failed.

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    static char const line[] = "one line of an endless number of lines\n";
    for (;;) {
        if (write(1, line, sizeof line - 1) < 0) {
            fprintf(stderr, "write: %s\n", errno == EPIPE ? "EPIPE" : strerror(errno));
            return 9;
        }
    }
}
