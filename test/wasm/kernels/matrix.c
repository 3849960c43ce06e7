// Integer matrices, multiplied and folded into bits: 16-bit loads, 32-bit sums.

#include "kernel.h"

enum { size = 96 };

static int16_t left[size][size], right[size][size];
static int32_t product[size][size];

uint64_t integer_matrix_kernel(uint32_t rounds) {
    uint32_t seed = 3;
    for (int i = 0; i < size; ++i)
        for (int k = 0; k < size; ++k) {
            left[i][k] = (int16_t)(next_random(&seed) % 2048 - 1024);
            right[i][k] = (int16_t)(next_random(&seed) % 2048 - 1024);
        }
    uint64_t sum = 1;
    while (rounds-- > 0) {
        for (int i = 0; i < size; ++i)
            for (int k = 0; k < size; ++k) {
                int32_t total = 0;
                for (int n = 0; n < size; ++n) total += left[i][n] * right[n][k];
                product[i][k] = total;
            }
        for (int i = 0; i < size; ++i) {
            sum = mix(sum, (uint32_t)product[i][(i * 7) % size]);
            left[i][rounds % size] = (int16_t)(product[i][i] >> 7);
        }
    }
    return sum;
}
