/* VMGEXIT, which ring 3 may execute: it asks for nothing, whatever the last request of the shim was. */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char** argv) {
    int const times = argc > 1 ? atoi(argv[1]) : 1;
    if (write(1, "before\n", 7) != 7) return 1;
    for (int i = 0; i < times; ++i) __asm__ volatile("rep; vmmcall" : : : "memory", "cc");
    return write(1, "after\n", 6) == 6 ? 0 : 1;
}
