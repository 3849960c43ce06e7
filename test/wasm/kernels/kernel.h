// A kernel computes something that takes a while and returns a checksum of what it found.

#pragma once

#include <stdint.h>

struct Kernel {
    char const* name;
    uint64_t (*run)(uint32_t rounds);
    uint32_t rounds; // about a quarter of a second each
};

uint64_t list_kernel(uint32_t rounds);
uint64_t integer_matrix_kernel(uint32_t rounds);
uint64_t state_kernel(uint32_t rounds);
uint64_t gemm_kernel(uint32_t rounds);
uint64_t lu_kernel(uint32_t rounds);
uint64_t jacobi_kernel(uint32_t rounds);
uint64_t floyd_kernel(uint32_t rounds);
uint64_t json_kernel(uint32_t rounds);
uint64_t sha256_kernel(uint32_t rounds);
uint64_t regex_kernel(uint32_t rounds);

// The next of a fixed row of pseudo-random numbers.
static inline uint32_t next_random(uint32_t* state) {
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static inline uint64_t mix(uint64_t sum, uint64_t value) {
    return (sum ^ value) * 0x100000001b3ULL;
}
