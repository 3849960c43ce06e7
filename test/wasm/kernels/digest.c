// Prints the SHA-256 of its standard input.

#include "sha256.h"

#include <stdio.h>
#include <stdlib.h>

int main(void) {
    size_t length = 0, room = 1 << 16;
    uint8_t* data = malloc(room);
    for (size_t got; data && (got = fread(data + length, 1, room - length, stdin)) > 0;) {
        length += got;
        if (length == room) data = realloc(data, room *= 2);
    }
    if (!data) return 1;
    uint8_t digest[32];
    sha256(data, length, digest);
    for (int i = 0; i < 32; ++i) printf("%02x", digest[i]);
    puts("");
    return 0;
}
