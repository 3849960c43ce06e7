// Grows its memory MiB by MiB up to the given number, touches every page, and reads all of it back.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { mebibyte = 1 << 20, page = 4096 };

int main(int argc, char** argv) {
    unsigned long const wanted = argc > 1 ? strtoul(argv[1], NULL, 10) : 64;
    unsigned char** blocks = calloc(wanted, sizeof *blocks);
    unsigned long got = 0;
    for (; got < wanted; ++got) {
        unsigned char* block = malloc(mebibyte);
        if (!block) break;
        for (unsigned offset = 0; offset < mebibyte; offset += page)
            block[offset] = (unsigned char)(got + offset / page);
        blocks[got] = block;
    }
    for (unsigned long i = 0; i < got; ++i)
        for (unsigned offset = 0; offset < mebibyte; offset += page)
            if (blocks[i][offset] != (unsigned char)(i + offset / page)) {
                printf("block %lu changed\n", i);
                return 1;
            }
    printf("%lu MiB\n", got);
    return got == wanted ? 0 : 3;
}
