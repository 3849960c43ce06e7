/* The vDSO below which a test lies: any counter, pages of the test's own (event/clock_test.cpp). */
#pragma once

#include "keep/shim/vdso/clock.h"

extern struct clock_page const* clock_at(void);
extern clock_word* mark_at(void);
extern clock_word read_counter(void);
extern long system_call(long number, long first, void* second);
