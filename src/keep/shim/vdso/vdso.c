/* The clock functions that C libraries look for in a vDSO. */

#include <machine.h>

struct timespec { long seconds, nanoseconds; };
struct timeval { long seconds, microseconds; };

enum { second_ns = 1000000000, getres_number = 229, gettime_number = 228 };

static clock_word now_ns(int realtime) {
    struct clock_page const* const clock = clock_at();
    clock_word const elapsed = clock_elapsed_ns(clock, clock_advance(clock, mark_at(), read_counter()));
    return elapsed + (realtime ? clock->realtime_ns : clock->monotonic_ns);
}

/* 0 and 5 are the real time; 1, 4, 6 and 7 count from the start; CPU time is the shim's to say. */
int __vdso_clock_gettime(int id, struct timespec* out) {
    if (id < 0 || id > 7 || id == 2 || id == 3) return (int)system_call(gettime_number, id, out);
    clock_word const ns = now_ns(id == 0 || id == 5);
    out->seconds = (long)(ns / second_ns);
    out->nanoseconds = (long)(ns % second_ns);
    return 0;
}

int __vdso_clock_getres(int id, struct timespec* out) { return (int)system_call(getres_number, id, out); }

int __vdso_gettimeofday(struct timeval* out, void* zone) {
    (void)zone;
    clock_word const ns = now_ns(1);
    if (out != 0) out->seconds = (long)(ns / second_ns), out->microseconds = (long)(ns % second_ns / 1000);
    return 0;
}

long __vdso_time(long* out) {
    long const seconds = (long)(now_ns(1) / second_ns);
    if (out != 0) *out = seconds;
    return seconds;
}
