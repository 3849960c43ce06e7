/* How the processor's counter becomes time that never falls: one rule, for the vDSO in C and the shim in C++. */
#pragma once

typedef unsigned long clock_word;

struct clock_page {
    clock_word tick;         /* the counter when ... */
    clock_word monotonic_ns; /* ... these were true */
    clock_word realtime_ns;
    clock_word ns_per_tick; /* times 2^32 */
    clock_word last_tick;   /* of the counter nothing later is believed: no product below overflows */
};

/* The highest that any vCPU has read so far, this one's `counter` among them. `mark` holds that, for all of them: a host can set
   each vCPU's counter at any moment, between two instructions of the program, so no value counts that is not written down there. */
static inline clock_word clock_advance(struct clock_page const* clock, clock_word* mark, clock_word counter) {
    clock_word highest = __atomic_load_n(mark, __ATOMIC_ACQUIRE);
    if (counter > clock->last_tick) counter = clock->last_tick;
    while (counter > highest)
        if (__atomic_compare_exchange_n(mark, &highest, counter, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return counter;
    return highest < clock->last_tick ? highest : clock->last_tick;
}

static inline clock_word clock_elapsed_ns(struct clock_page const* clock, clock_word ticks) {
    if (ticks < clock->tick) return 0;
    return (clock_word)(((unsigned __int128)(ticks - clock->tick) * clock->ns_per_tick) >> 32);
}
