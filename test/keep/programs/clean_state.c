/* A thread poisons what registers it can; system calls and other threads go on as if nothing was. */
#define _GNU_SOURCE
#include "check.h"

#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define EACH_VECTOR ".irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"

/* All of the 16 vector registers, upper halves too, over a call that the shim answers and one that the host does. */
static void vectors_stay(long number) {
    unsigned char before[16 * 32], after[sizeof before];
    for (unsigned i = 0; i < sizeof before; ++i) before[i] = (unsigned char)(i * 7 + 1);
    memset(after, 0, sizeof after);
    long answer = number;
    __asm__ volatile(EACH_VECTOR "vmovdqu \\i*32(%1), %%ymm\\i\n.endr\n"
                     "syscall\n" EACH_VECTOR "vmovdqu %%ymm\\i, \\i*32(%2)\n.endr\n"
                     "vzeroupper"
                     : "+a"(answer)
                     : "r"(before), "r"(after), "D"(0L), "S"(0L), "d"(1L)
                     : "rcx", "r11", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
                       "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    CHECK(memcmp(before, after, sizeof before) == 0);
}

static void begins_clean(void) {
    unsigned mxcsr;
    unsigned short x87;
    unsigned long flags;
    __asm__ volatile("stmxcsr %0; fnstcw %1; pushf; pop %2" : "=m"(mxcsr), "=m"(x87), "=r"(flags));
    CHECK(mxcsr == 0x1f80 && x87 == 0x037f);
    CHECK((flags & 0x44500) == 0); /* AC NT DF TF */
}

int main(void) {
    enum { lseek_number = 8, getuid_number = 102 };
    begins_clean();
    vectors_stay(getuid_number);
    vectors_stay(lseek_number);
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
