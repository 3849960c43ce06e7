/* A thread poisons what registers it can; system calls and other threads go on as if nothing was. */
#define _GNU_SOURCE
#include "check.h"

#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    /* Direction and alignment flags, an MXCSR without masks, x87 at low precision: then a call that copies in the shim. */
    char text[64] = "abcdefgh";
    struct timespec now = {0};
    long answer;
    unsigned const odd_mxcsr = 0x0040, usual_mxcsr = 0x1f80;
    unsigned short const odd_x87 = 0x007f, usual_x87 = 0x037f;
    __asm__ volatile("ldmxcsr %0; fldcw %1" : : "m"(odd_mxcsr), "m"(odd_x87));
    __asm__ volatile("pushf; orq $0x40400, (%%rsp); popf; syscall; cld; pushf; andq $~0x40400, (%%rsp); popf"
                     : "=a"(answer)
                     : "a"(228L), "D"(1L), "S"(&now)
                     : "rcx", "r11", "memory");
    unsigned mxcsr;
    unsigned short x87;
    __asm__ volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr), "=m"(x87));
    __asm__ volatile("ldmxcsr %0; fldcw %1" : : "m"(usual_mxcsr), "m"(usual_x87));
    CHECK(answer == 0 && now.tv_sec > 0);
    CHECK((mxcsr & 0xffc0) == odd_mxcsr && (x87 & 0x0fff) == odd_x87);
    CHECK(strcmp(text, "abcdefgh") == 0);
    char* const page = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED && page[4096] == 0);
    return failures != 0;
}
