// Prints as many random bytes as its argument says, in hexadecimal.

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char** argv) {
    size_t left = argc > 1 ? strtoul(argv[1], NULL, 10) : 32;
    unsigned char bytes[256];
    while (left > 0) {
        size_t const part = left < sizeof bytes ? left : sizeof bytes;
        if (getentropy(bytes, part) != 0) {
            perror("getentropy");
            return 1;
        }
        for (size_t i = 0; i < part; ++i) printf("%02x", bytes[i]);
        left -= part;
    }
    puts("");
    return 0;
}
