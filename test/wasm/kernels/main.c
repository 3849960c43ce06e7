// `kernels` lists the kernels; `kernels NAME|all [FACTOR]` runs them and prints checksum and
// milliseconds of each.

#include "kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct Kernel const kernels[] = {
    {"list", list_kernel, 2500},
    {"matrix", integer_matrix_kernel, 600},
    {"state", state_kernel, 40000},
    {"gemm", gemm_kernel, 120},
    {"lu", lu_kernel, 300},
    {"jacobi", jacobi_kernel, 9000},
    {"floyd", floyd_kernel, 30},
    {"json", json_kernel, 2200},
    {"sha256", sha256_kernel, 1000},
    {"regex", regex_kernel, 500},
};

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int main(int argc, char** argv) {
    double const factor = argc > 2 ? atof(argv[2]) : 1.0;
    int ran = 0;
    for (unsigned i = 0; i < sizeof kernels / sizeof *kernels; ++i) {
        struct Kernel const* const kernel = &kernels[i];
        if (argc < 2) puts(kernel->name);
        if (argc < 2 || (strcmp(argv[1], kernel->name) != 0 && strcmp(argv[1], "all") != 0))
            continue;
        uint32_t const rounds = (uint32_t)(kernel->rounds * factor) + 1;
        double const start = milliseconds();
        uint64_t const checksum = kernel->run(rounds);
        printf(
            "%s %016llx %.1f ms\n",
            kernel->name,
            (unsigned long long)checksum,
            milliseconds() - start
        );
        ++ran;
    }
    return argc < 2 || ran > 0 ? 0 : 2;
}
