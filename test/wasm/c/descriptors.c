// Opens the file that its first argument names until no descriptor is left, says whether it came as
// far as its second one (else 100), and goes on with its work.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    int first = -1, last = -1, opened = 0;
    for (; opened < 2000000; ++opened) {
        int const descriptor = open(argv[1], O_RDONLY);
        if (descriptor < 0) break;
        if (first < 0) first = descriptor;
        last = descriptor;
    }
    printf("stopped by %s\n", errno == EMFILE || errno == ENFILE ? "EMFILE" : strerror(errno));
    for (int descriptor = first; descriptor >= 0 && descriptor <= last; ++descriptor)
        close(descriptor);
    printf("opened some: %s\n", opened >= (argc > 2 ? atoi(argv[2]) : 100) ? "yes" : "no");
    int const again = open(argv[1], O_RDONLY);
    printf("opens again: %s\n", again >= 0 ? "yes" : strerror(errno));
    return again >= 0 ? 0 : 1;
}
