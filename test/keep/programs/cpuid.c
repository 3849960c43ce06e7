/* What CPUID tells a program, register by register: leaves and subleaves from its arguments, two each. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        unsigned a = (unsigned)strtoul(argv[i], 0, 0), b = 0, c = (unsigned)strtoul(argv[i + 1], 0, 0), d = 0;
        __asm__ volatile("cpuid" : "+a"(a), "+b"(b), "+c"(c), "+d"(d));
        printf("%s %s %08x %08x %08x %08x\n", argv[i], argv[i + 1], a, b, c, d);
    }
    return 0;
}
