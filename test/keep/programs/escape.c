/* Native code that tries to leave ring 3: each attempt must end in a signal or an error, and the Keep must go on. */
#define _GNU_SOURCE
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static sigjmp_buf back;

static void on_signal(int number) { siglongjmp(back, number); }

#define MUST_FAULT(statement)                                                                      \
    do {                                                                                           \
        int const number = sigsetjmp(back, 1);                                                     \
        if (number == 0) {                                                                         \
            statement;                                                                             \
            CHECK(!"no fault: " #statement);                                                       \
        }                                                                                          \
    } while (0)

/* The shim's image, boot block, host-call block, page tables, a vCPU's area, its stack, the window onto all memory. */
static unsigned long const places[] = {0x400000, 0x401000, 0x600000, 0x700000, 0x750000, 0x40000000, 0x40006ff8, 1UL << 39, (1UL << 39) + 0x400000};

int main(void) {
    for (int const* s = (int const[]){SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGTRAP, 0}; *s; ++s) signal(*s, on_signal);
    for (unsigned i = 0; i < sizeof places / sizeof *places; ++i) {
        MUST_FAULT((void)*(volatile char*)places[i]);
        MUST_FAULT(*(volatile char*)places[i] = 1);
        MUST_FAULT(((void (*)(void))places[i])());
        CHECK(getrandom((void*)places[i], 8, 0) == -1 && errno == EFAULT);
        CHECK(write(1, (void*)places[i], 8) == -1 && errno == EFAULT);
        CHECK(mmap((void*)(places[i] & ~4095UL), 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED);
        CHECK(mprotect((void*)(places[i] & ~4095UL), 4096, PROT_READ) == -1);
    }
    MUST_FAULT(__asm__ volatile("out %%eax, %%dx" : : "a"(0), "d"(0x2e0)));
    MUST_FAULT(__asm__ volatile("out %%al, %%dx" : : "a"(0), "d"(0xf4)));
    MUST_FAULT(__asm__ volatile("in %%dx, %%al" : : "d"(0x60) : "rax"));
    MUST_FAULT(__asm__ volatile("mov %%cr3, %%rax" : : : "rax"));
    MUST_FAULT(__asm__ volatile("mov %0, %%cr3" : : "r"(0UL)));
    MUST_FAULT(__asm__ volatile("mov %0, %%cr0" : : "r"(0UL)));
    MUST_FAULT(__asm__ volatile("rdmsr" : : "c"(0xc0000082) : "rax", "rdx"));
    MUST_FAULT(__asm__ volatile("wrmsr" : : "c"(0xc0000082), "a"(0), "d"(0)));
    MUST_FAULT(__asm__ volatile("cli"));
    MUST_FAULT(__asm__ volatile("hlt"));
    MUST_FAULT(__asm__ volatile("swapgs"));
    MUST_FAULT(__asm__ volatile("invlpg (%0)" : : "r"(main)));
    char table[10] = {0};
    MUST_FAULT(__asm__ volatile("lidt (%0)" : : "r"(table) : "memory"));
    MUST_FAULT(__asm__ volatile("ltr %%ax" : : "a"(0x40)));
    /* Far jumps: to 32-bit code, whose SYSCALL enters elsewhere, and to the shim's own segment. */
    struct __attribute__((packed)) { unsigned offset; unsigned short segment; } const far[] = {{0x1000, 0x23}, {0x1000, 0x20}, {0x400000, 0x10}};
    MUST_FAULT(__asm__ volatile("ljmp *%0" : : "m"(far[0])));
    MUST_FAULT(__asm__ volatile("ljmp *%0" : : "m"(far[1])));
    MUST_FAULT(__asm__ volatile("ljmp *%0" : : "m"(far[2])));
    MUST_FAULT(__asm__ volatile("sysenter"));
    MUST_FAULT(__asm__ volatile("int $0x80"));
    MUST_FAULT(__asm__ volatile("int $14"));
    MUST_FAULT(__asm__ volatile("int $2"));
    MUST_FAULT(__asm__ volatile("int $0xf0")); /* by which the host kicks */
    CHECK(mmap(0, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    char* const code = (char*)((unsigned long)main & ~4095UL);
    CHECK(mprotect(code, 4096, PROT_READ | PROT_WRITE | PROT_EXEC) == -1);
    MUST_FAULT(*(volatile char*)code = 1);
    char* const data = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(data != MAP_FAILED);
    *data = (char)0xc3; /* ret */
    MUST_FAULT(((void (*)(void))data)());
    CHECK(mprotect(data, 4096, PROT_READ | PROT_EXEC) == 0);
    ((void (*)(void))data)();
    MUST_FAULT(*(volatile char*)data = 1);
    return failures != 0;
}
