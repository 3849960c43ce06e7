// All shortest ways through a graph, by Floyd and Warshall: comparisons in three nested loops.

#include "kernel.h"

enum { size = 220 };

static int32_t way[size][size];

uint64_t floyd_kernel(uint32_t rounds) {
    uint64_t sum = 1;
    uint32_t seed = 5;
    while (rounds-- > 0) {
        for (int i = 0; i < size; ++i)
            for (int k = 0; k < size; ++k)
                way[i][k] = i == k                   ? 0
                            : next_random(&seed) % 7 ? 1 << 20
                                                     : (int32_t)(next_random(&seed) % 999);
        for (int n = 0; n < size; ++n)
            for (int i = 0; i < size; ++i)
                for (int k = 0; k < size; ++k) {
                    int32_t const over = way[i][n] + way[n][k];
                    if (over < way[i][k]) way[i][k] = over;
                }
        for (int i = 0; i < size; ++i) sum = mix(sum, (uint32_t)way[i][size - 1 - i]);
    }
    return sum;
}
