/* Takes and gives back far more memory in turn than a small Keep has. What comes back is zero. */
#define _GNU_SOURCE
#include "check.h"

#include <sys/mman.h>

enum { page = 4096, size = 64 << 20, turns = 20 };

int main(void) {
    for (int turn = 0; turn < turns; ++turn) {
        char* const memory = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(memory != MAP_FAILED);
        if (memory == MAP_FAILED) break;
        for (long at = 0; at < size; at += page) {
            CHECK(memory[at] == 0 && memory[at + page - 1] == 0);
            memory[at] = memory[at + page - 1] = 1;
        }
        CHECK(munmap(memory, size) == 0);
    }
    return failures != 0;
}
