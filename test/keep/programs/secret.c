// Holds a secret that is in no file and in no argument, until its standard input ends.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    // Safe from the compiler: it cannot know what comes out of a seed that it reads at run time.
    uint64_t volatile seed = 0x9e3779b97f4a7c15;
    uint64_t word = seed;
    uint64_t* const secret = malloc(1 << 20);
    for (int i = 0; i < 1 << 17; ++i) {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
        secret[i] = word;
    }
    puts("ready");
    fflush(stdout);
    char byte;
    while (read(0, &byte, 1) > 0) {}
    return secret[0] != 0 && secret[1] != 0 ? 0 : 1;
}
