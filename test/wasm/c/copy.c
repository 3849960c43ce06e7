// Copies standard input to standard output; the number of bytes goes to standard error.

#include <stdio.h>
#include <unistd.h>

static char buffer[65536];

int main(void) {
    unsigned long long total = 0;
    for (;;) {
        ssize_t const got = read(0, buffer, sizeof buffer);
        if (got < 0) {
            perror("read");
            return 2;
        }
        if (got == 0) break;
        total += (unsigned long long)got;
        for (ssize_t done = 0; done < got;) {
            ssize_t const put = write(1, buffer + done, (size_t)(got - done));
            if (put < 0) {
                perror("write");
                return 3;
            }
            done += put;
        }
    }
    fprintf(stderr, "%llu bytes\n", total);
    return 0;
}
