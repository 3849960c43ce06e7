/* What the vDSO has below it. Its tests have another file of this name. */
#pragma once

#include "keep/shim/vdso/clock.h"

extern char const __ehdr_start[] __attribute__((visibility("hidden")));

/* Two pages below the code: the clock, which the program can only read, and below that the mark. */
static inline struct clock_page const* clock_at(void) { return (struct clock_page const*)(__ehdr_start - 4096); }
static inline clock_word* mark_at(void) { return (clock_word*)(__ehdr_start - 8192); }

static inline clock_word read_counter(void) {
    unsigned low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return low | (clock_word)high << 32;
}

static inline long system_call(long number, long first, void* second) {
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(first), "S"(second) : "rcx", "r11", "memory");
    return result;
}
