/* What one system call costs, in nanoseconds, as medians: answered in the shim, by a host that looks, by a host that is rung for. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { samples = 301, batch = 200, pause_ns = 400000 };

static double found[samples];

static double now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int by_size(void const* a, void const* b) {
    double const x = *(double const*)a, y = *(double const*)b;
    return (x > y) - (x < y);
}

static double median(void) {
    qsort(found, samples, sizeof *found, by_size);
    return found[samples / 2];
}

static void in_the_keep(void) { syscall(SYS_getuid); }

/* A call that a host answers from memory; standard input is a file. */
static void of_the_host(void) { lseek(0, 0, SEEK_CUR); }

static double together(void (*call)(void)) {
    for (int i = 0; i < samples; ++i) {
        double const begin = now_ns();
        for (int k = 0; k < batch; ++k) call();
        found[i] = (now_ns() - begin) / batch;
    }
    return median();
}

/* After a pause nobody looks any more. */
static double apart(void (*call)(void)) {
    for (int i = 0; i < samples; ++i) {
        double const until = now_ns() + pause_ns;
        while (now_ns() < until) continue;
        double const begin = now_ns();
        call();
        found[i] = now_ns() - begin;
    }
    return median();
}

static void cpuid(void) {
    unsigned int a = 0, c = 0;
    __asm__ volatile("cpuid" : "+a"(a), "+c"(c) : : "rbx", "rdx");
}

int main(void) {
    printf("cpuid %.0f\n", together(cpuid));
    printf("shim %.0f\n", together(in_the_keep));
    printf("rung %.0f\n", apart(of_the_host));
    printf("polled %.0f\n", together(of_the_host));
    return 0;
}
