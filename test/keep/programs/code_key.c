/* Asks the shim for the key of sealed code: of an origin of 32 times the letter given, "-" gives it
   up first. Prints it, and sees that it is given once; where no hardware has one, there is no such
   call (src/protocol/launch/code_key.hpp). */
#define _GNU_SOURCE
#include "check.h"

#include <string.h>
#include <unistd.h>

enum { code_key_call = 401 };

int main(int argc, char** argv) {
    unsigned char origin[32], key[32];
    char const letter = argc > 1 ? argv[1][0] : 'a';
    memset(origin, letter, sizeof origin);
    memset(key, 0, sizeof key);
    if (letter == '-') CHECK(syscall(code_key_call, 0, 0) == 0);
    long const got = syscall(code_key_call, origin, key);
    if (got != 0) {
        printf(
            "none: %s\n",
            errno == ENOSYS   ? "no such call"
            : errno == EACCES ? "no more"
            : errno == ENODEV ? "no device"
                              : "another error"
        );
        return failures;
    }
    for (unsigned i = 0; i < sizeof key; ++i) printf("%02x", key[i]);
    printf("\n");
    CHECK(syscall(code_key_call, origin, key) == -1 && errno == EACCES);
    return failures;
}
