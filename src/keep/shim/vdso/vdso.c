/* The clock functions that C libraries look for in a vDSO. The page below the code holds the Clock of event/clock.hpp. */

typedef unsigned long u64;

struct clock { u64 tick, monotonic_ns, realtime_ns, ns_per_tick; };
struct timespec { long seconds, nanoseconds; };
struct timeval { long seconds, microseconds; };

extern char const __ehdr_start[] __attribute__((visibility("hidden")));

enum { second_ns = 1000000000, getres_number = 229, gettime_number = 228 };

static long system_call(long number, long first, void* second) {
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(first), "S"(second) : "rcx", "r11", "memory");
    return result;
}

static u64 now_ns(int realtime) {
    struct clock const* const clock = (struct clock const*)(__ehdr_start - 4096);
    unsigned low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    u64 const ticks = (low | (u64)high << 32) - clock->tick;
    u64 const elapsed = (u64)(((unsigned __int128)ticks * clock->ns_per_tick) >> 32);
    return elapsed + (realtime ? clock->realtime_ns : clock->monotonic_ns);
}

/* 0 and 5 are the real time; 1, 4, 6 and 7 count from the start; CPU time is the shim's to say. */
int __vdso_clock_gettime(int id, struct timespec* out) {
    if (id < 0 || id > 7 || id == 2 || id == 3) return (int)system_call(gettime_number, id, out);
    u64 const ns = now_ns(id == 0 || id == 5);
    out->seconds = (long)(ns / second_ns);
    out->nanoseconds = (long)(ns % second_ns);
    return 0;
}

int __vdso_clock_getres(int id, struct timespec* out) { return (int)system_call(getres_number, id, out); }

int __vdso_gettimeofday(struct timeval* out, void* zone) {
    (void)zone;
    u64 const ns = now_ns(1);
    if (out != 0) out->seconds = (long)(ns / second_ns), out->microseconds = (long)(ns % second_ns / 1000);
    return 0;
}

long __vdso_time(long* out) {
    long const seconds = (long)(now_ns(1) / second_ns);
    if (out != 0) *out = seconds;
    return seconds;
}
