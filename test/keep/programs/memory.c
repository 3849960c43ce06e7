/* mmap and its relatives, as POSIX and Linux document them. */
#define _GNU_SOURCE
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static sigjmp_buf back;

static void on_fault(int signal) { siglongjmp(back, signal); }

static int faults(volatile char* at, char value) {
    int const signal = sigsetjmp(back, 1);
    if (signal == 0) *at = value;
    return signal;
}

static void access_rights(void) {
    char* const p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(p != MAP_FAILED);
    memset(p, 7, 1 << 20);
    CHECK(mprotect(p + 4096, 4096, PROT_NONE) == 0);
    CHECK(faults(p + 4096, 1) == SIGSEGV);
    CHECK(mprotect(p + 4096, 4096, PROT_READ) == 0);
    CHECK(p[4096] == 7);
    CHECK(faults(p + 4096, 1) == SIGSEGV);
    CHECK(mprotect(p + 4096, 4096, PROT_READ | PROT_WRITE) == 0);
    CHECK(faults(p + 4096, 9) == 0 && p[4096] == 9);
    CHECK(madvise(p, 8192, MADV_DONTNEED) == 0);
    CHECK(p[0] == 0 && p[4096] == 0 && p[8192] == 7);
    CHECK(munmap(p, 1 << 20) == 0);
    CHECK(faults(p, 1) == SIGSEGV);
}

static void code(void) {
    CHECK(mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    CHECK(errno == EACCES);
    char* const m = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    m[0] = (char)0xc3; /* RET */
    CHECK(mprotect(m, 8192, PROT_READ | PROT_EXEC) == 0);
    ((void (*)(void))m)();
    CHECK(faults(m, 1) == SIGSEGV);
}

static void reservation(void) {
    size_t const size = 64UL << 30;
    char* const q = mmap(0, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(q != MAP_FAILED);
    CHECK(mprotect(q + (1UL << 30), 1 << 20, PROT_READ | PROT_WRITE) == 0);
    CHECK(faults(q + (1UL << 30) + 5, 1) == 0);
    CHECK(munmap(q, size) == 0);
    CHECK(faults(q + (1UL << 30) + 5, 1) == SIGSEGV);
}

static void moves(void) {
    size_t const size = 32UL << 20;
    char* r = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < size; i += 4096) {
        CHECK(r[i] == 0);
        r[i] = (char)(i >> 12);
    }
    r = mremap(r, size, 2 * size, MREMAP_MAYMOVE);
    CHECK(r != MAP_FAILED);
    for (size_t i = 0; i < size; i += 4096) CHECK(r[i] == (char)(i >> 12));
    CHECK(r[size + 4096] == 0);
}

static void heap(void) {
    void* pieces[1000];
    for (int i = 0; i < 1000; ++i) pieces[i] = calloc(1, 50000);
    for (int i = 0; i < 1000; ++i) {
        CHECK(pieces[i] != 0 && ((char*)pieces[i])[49999] == 0);
        free(pieces[i]);
    }
    char* const big = malloc(200 << 20);
    CHECK(big != 0);
    memset(big, 1, 200 << 20);
    free(big);
}

int main(void) {
    signal(SIGSEGV, on_fault);
    access_rights();
    code();
    reservation();
    moves();
    heap();
    return failures != 0;
}
