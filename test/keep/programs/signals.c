/* Faults as signals: which one, with what code, and that a handler can change the registers. */
#define _GNU_SOURCE
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static siginfo_t last;
static volatile int skipped;
static char* stack;

static void jump(int signal, siginfo_t* info, void* context) {
    (void)signal, (void)context;
    char here;
    CHECK(&here > stack && &here < stack + 65536);
    last = *info;
    siglongjmp(back, 1);
}

static void skip(int signal, siginfo_t* info, void* context) {
    (void)signal, (void)info;
    ((ucontext_t*)context)->uc_mcontext.gregs[REG_RIP] += 2; /* UD2 */
    ((ucontext_t*)context)->uc_mcontext.gregs[REG_RBX] ^= 1;
    ++skipped;
}

static void handle(int signal, void (*handler)(int, siginfo_t*, void*), int flags) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
    CHECK(sigaction(signal, &action, 0) == 0);
}

#define EXPECT_SIGNAL(number, code, statement)                                                     \
    do {                                                                                           \
        memset(&last, 0, sizeof last);                                                             \
        if (sigsetjmp(back, 1) == 0) {                                                             \
            statement;                                                                             \
            CHECK(!"reached");                                                                     \
        }                                                                                          \
        CHECK(last.si_signo == (number) && last.si_code == (code));                                \
    } while (0)

static void vector_registers_survive(void) {
    double in[4] = {1.5, -2.25, 3.125, 1e300}, out[4];
    unsigned long flipped = 8;
    __asm__ volatile("vmovupd %2, %%ymm7; mov %1, %%rbx; ud2; mov %%rbx, %1; vmovupd %%ymm7, %0"
                     : "=m"(out), "+r"(flipped)
                     : "m"(in)
                     : "rbx", "xmm7", "memory");
    CHECK(memcmp(in, out, sizeof in) == 0);
    CHECK(flipped == 9);
}

int main(int argc, char** argv) {
    stack = malloc(65536);
    stack_t const other = {.ss_sp = stack, .ss_size = 65536};
    CHECK(sigaltstack(&other, 0) == 0);
    for (int const* s = (int const[]){SIGSEGV, SIGFPE, SIGTRAP, SIGUSR1, SIGBUS, 0}; *s; ++s) handle(*s, jump, SA_ONSTACK);
    handle(SIGILL, skip, 0);

    volatile int zero = 0, some = 77;
    EXPECT_SIGNAL(SIGSEGV, SEGV_MAPERR, *(volatile int*)16 = 1);
    CHECK(last.si_addr == (void*)16);
    EXPECT_SIGNAL(SIGSEGV, SEGV_MAPERR, void (*volatile nowhere)(void) = 0; nowhere());
    EXPECT_SIGNAL(SIGSEGV, SEGV_ACCERR, *(volatile char*)main = 1);
    EXPECT_SIGNAL(SIGFPE, FPE_INTDIV, zero = some / zero);
    EXPECT_SIGNAL(SIGTRAP, SI_KERNEL, __asm__ volatile("int3"));
    EXPECT_SIGNAL(SIGSEGV, SI_KERNEL, __asm__ volatile("hlt"));
    EXPECT_SIGNAL(SIGUSR1, SI_TKILL, raise(SIGUSR1));
    vector_registers_survive();
    CHECK(skipped == 1);
    /* Nobody could let the program go on: no effect, unlike on Linux. */
    for (int const* s = (int const[]){SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, 0}; *s; ++s) CHECK(raise(*s) == 0);
    if (failures == 0 && argc > 1 && strcmp(argv[1], "abort") == 0) abort();
    if (failures == 0 && argc > 1 && strcmp(argv[1], "fault") == 0) signal(SIGSEGV, SIG_DFL), *(volatile int*)16 = 1;
    return failures != 0;
}
