/* What one thread takes away is gone for another that never enters the Keep's kernel of itself: rights, pages, mappings. */
#define _GNU_SOURCE
#include "check.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>

enum { size = 4096, least_rounds = 1000, most_naps = 2000 };

struct worker {
    volatile unsigned char* place; /* written again and again */
    volatile unsigned long rounds;
    volatile int stop;
    volatile int faulted;
};

static struct worker worker;
static sigjmp_buf fault_place;

static void on_fault(int signal) {
    (void)signal;
    worker.faulted = 1;
    siglongjmp(fault_place, 1);
}

/* Not a system call, not a fault: only memory. */
static void* work(void* unused) {
    if (sigsetjmp(fault_place, 1) == 0)
        while (!worker.stop) {
            ++*worker.place;
            ++worker.rounds;
        }
    return unused;
}

static void nap(void) {
    struct timespec const time = {0, 1000000};
    nanosleep(&time, 0);
}

static void await_rounds(unsigned long more) {
    unsigned long const until = worker.rounds + more;
    for (int i = 0; i < most_naps && worker.rounds < until && !worker.faulted; ++i) nap();
}

static volatile unsigned char* fresh_of(int pages) {
    return mmap(0, pages * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static volatile unsigned char* fresh(void) { return fresh_of(1); }

static pthread_t start(volatile unsigned char* place) {
    pthread_t thread;
    worker = (struct worker){.place = place};
    CHECK(pthread_create(&thread, 0, work, 0) == 0);
    await_rounds(least_rounds);
    CHECK(worker.rounds >= least_rounds && !worker.faulted);
    return thread;
}

/* The worker has met its fault, not one round after the call that took something from it. */
static void must_have_faulted(pthread_t thread, unsigned long rounds_then, char const* what) {
    for (int i = 0; i < most_naps && !worker.faulted; ++i) nap();
    if (!worker.faulted) printf("%s: %lu writes since\n", what, worker.rounds - rounds_then);
    CHECK(worker.faulted);
    CHECK(worker.rounds <= rounds_then + 1);
    worker.stop = 1;
    pthread_join(thread, 0);
}

static void a_right_to_write(int protection, char const* what) {
    volatile unsigned char* const page = fresh();
    pthread_t const thread = start(page);
    CHECK(mprotect((void*)page, size, protection) == 0);
    unsigned long const then = worker.rounds;
    unsigned char const before = protection == PROT_NONE ? 0 : *page;
    must_have_faulted(thread, then, what);
    CHECK(protection == PROT_NONE || *page == before);
    munmap((void*)page, size);
}

static void a_mapping(void) {
    volatile unsigned char* const page = fresh();
    pthread_t const thread = start(page);
    CHECK(munmap((void*)page, size) == 0);
    must_have_faulted(thread, worker.rounds, "munmap");
}

static void a_mapping_that_moves(void) {
    volatile unsigned char* const page = fresh();
    CHECK(mmap((char*)page + size, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != 0);
    pthread_t const thread = start(page);
    volatile unsigned char* const moved = mremap((void*)page, size, 2 * size, MREMAP_MAYMOVE);
    unsigned long const then = worker.rounds;
    CHECK(moved != MAP_FAILED && moved != page);
    must_have_faulted(thread, then, "mremap");
}

/* Both threads see one page at one address: what either writes the other reads. */
static void contents(int how, char const* what) {
    volatile unsigned char* const page = fresh_of(2); /* freed memory comes back in another order */
    page[size] = 1;
    pthread_t const thread = start(page);
    if (how == 0)
        CHECK(madvise((void*)page, 2 * size, MADV_DONTNEED) == 0);
    else
        CHECK(mmap((void*)page, 2 * size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page);
    page[size] = page[8] = 77; /* this thread has brought the new pages in */
    int seen = 0;
    for (int i = 0; i < most_naps && seen < 2; ++i) {
        unsigned char const before = *page;
        await_rounds(least_rounds + 1); /* 1001 is no multiple of 256 */
        seen += *page != before;
    }
    if (seen < 2) printf("%s: the other thread writes elsewhere\n", what);
    CHECK(seen == 2 && page[8] == 77);
    worker.stop = 1;
    pthread_join(thread, 0);
    CHECK(!worker.faulted);
}

int main(void) {
    signal(SIGSEGV, on_fault);
    a_right_to_write(PROT_READ, "mprotect to read-only");
    a_right_to_write(PROT_NONE, "mprotect to nothing");
    a_right_to_write(PROT_READ | PROT_EXEC, "mprotect to executable");
    a_mapping();
    a_mapping_that_moves();
    contents(0, "madvise");
    contents(1, "mmap in its place");
    return failures != 0;
}
