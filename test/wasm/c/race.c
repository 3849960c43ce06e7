// Opens paths again and again while the host exchanges what lies there. Whoever reads a file of the
// given size has escaped: inside there is none so large.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { rounds = 10000 };

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    long const size = atol(argv[3]);
    int opened = 0, escaped = 0;
    for (int i = 0; i < rounds; ++i)
        for (int which = 1; which <= 2; ++which) {
            int const file = open(argv[which], O_RDONLY);
            struct stat state;
            if (file >= 0) {
                ++opened;
                escaped += fstat(file, &state) == 0 && state.st_size == size;
                close(file);
            }
            escaped += stat(argv[which], &state) == 0 && state.st_size == size;
        }
    printf("opened %d of %d, escaped %d\n", opened, 2 * rounds, escaped);
    return escaped != 0;
}
