// Traps in the way that its argument names, three calls deep, so that a backtrace has something to
// show.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void (*Action)(void);

static int volatile zero = 0;
static int volatile seven = 7;
static int volatile smallest = -2147483647 - 1;
static int volatile endless = 1;
static int volatile sink = 0;
static Action volatile nobody = NULL;
// Volatile, or the compiler sees the mistake below and puts a trap in its place.
static Action volatile somebody = abort;

__attribute__((noinline)) static int deeper_and_deeper(int depth) {
    return endless ? deeper_and_deeper(depth + 1) + sink : depth;
}

__attribute__((noinline)) static void trap_now(char const* how) {
    if (strcmp(how, "unreachable") == 0) __builtin_trap();
    if (strcmp(how, "out-of-bounds") == 0) sink = *(int volatile*)0x7ffffff0;
    if (strcmp(how, "divide-by-zero") == 0) sink = seven / zero;
    if (strcmp(how, "overflow") == 0) sink = smallest / (zero - 1);
    if (strcmp(how, "recursion") == 0) sink = deeper_and_deeper(1);
    if (strcmp(how, "wrong-function") == 0) ((int (*)(double, double))somebody)(1.0, 2.0);
    if (strcmp(how, "null-function") == 0) nobody();
    if (strcmp(how, "abort") == 0) abort();
}

__attribute__((noinline)) static void middle_of_the_stack(char const* how) {
    trap_now(how);
    sink += 1;
}

int main(int argc, char** argv) {
    puts("before the trap");
    fflush(stdout);
    middle_of_the_stack(argc > 1 ? argv[1] : "unreachable");
    puts("after the trap");
    return 0;
}
