// Dense linear algebra in doubles: matrix product, LU decomposition, and Jacobi's stencil.

#include "kernel.h"

#include <string.h>

enum { size = 160 };

static double a[size][size], b[size][size], c[size][size];

static uint64_t bits(double value) {
    uint64_t number;
    memcpy(&number, &value, sizeof number);
    return number;
}

static void fill(void) {
    for (int i = 0; i < size; ++i)
        for (int k = 0; k < size; ++k) {
            a[i][k] = (double)((i * k + 1) % size) / size + (i == k ? size : 0);
            b[i][k] = (double)(i * (k + 2) % size) / size;
            c[i][k] = (double)((i + k) % size) / size;
        }
}

uint64_t gemm_kernel(uint32_t rounds) {
    fill();
    while (rounds-- > 0)
        for (int i = 0; i < size; ++i) {
            for (int k = 0; k < size; ++k) c[i][k] *= 0.5;
            for (int n = 0; n < size; ++n)
                for (int k = 0; k < size; ++k) c[i][k] += a[i][n] * b[n][k] * 0.001;
        }
    return mix(bits(c[3][5]), bits(c[size - 1][size / 2]));
}

uint64_t lu_kernel(uint32_t rounds) {
    uint64_t sum = 1;
    while (rounds-- > 0) {
        fill();
        for (int k = 0; k < size; ++k)
            for (int i = k + 1; i < size; ++i) {
                a[i][k] /= a[k][k];
                for (int n = k + 1; n < size; ++n) a[i][n] -= a[i][k] * a[k][n];
            }
        sum = mix(sum, bits(a[size - 1][size - 1]));
    }
    return sum;
}

uint64_t jacobi_kernel(uint32_t rounds) {
    fill();
    while (rounds-- > 0) {
        for (int i = 1; i < size - 1; ++i)
            for (int k = 1; k < size - 1; ++k)
                b[i][k] = 0.2 * (a[i][k] + a[i][k - 1] + a[i][k + 1] + a[i - 1][k] + a[i + 1][k]);
        memcpy(a, b, sizeof a);
    }
    return mix(bits(a[size / 2][size / 3]), bits(a[1][1]));
}
