// The same sums by vector instructions and one by one: a dot product of floats and a sum of
// saturated bytes.

#include <stdint.h>
#include <stdio.h>
#include <wasm_simd128.h>

enum { count = 4096 };

static float left[count], right[count];
static uint8_t bytes[count];

static int vector_dot(void) {
    v128_t sum = wasm_f32x4_splat(0);
    for (int i = 0; i < count; i += 4)
        sum = wasm_f32x4_add(
            sum, wasm_f32x4_mul(wasm_v128_load(left + i), wasm_v128_load(right + i))
        );
    return (int)(wasm_f32x4_extract_lane(sum, 0) + wasm_f32x4_extract_lane(sum, 1) +
                 wasm_f32x4_extract_lane(sum, 2) + wasm_f32x4_extract_lane(sum, 3));
}

static int scalar_dot(void) {
    float volatile sum = 0;
    for (int i = 0; i < count; ++i) sum += left[i] * right[i];
    return (int)sum;
}

static unsigned vector_saturated(void) {
    v128_t all = wasm_u8x16_splat(0);
    for (int i = 0; i < count; i += 16) all = wasm_u8x16_add_sat(all, wasm_v128_load(bytes + i));
    uint8_t lanes[16];
    wasm_v128_store(lanes, all);
    unsigned sum = 0;
    for (int i = 0; i < 16; ++i) sum += lanes[i];
    return sum;
}

static unsigned scalar_saturated(void) {
    unsigned sum = 0;
    for (int lane = 0; lane < 16; ++lane) {
        unsigned volatile all = 0;
        for (int i = lane; i < count; i += 16) all = all + bytes[i] > 255 ? 255 : all + bytes[i];
        sum += all;
    }
    return sum;
}

int main(void) {
    for (int i = 0; i < count; ++i) {
        left[i] = (float)(i % 7);
        right[i] = (float)(i % 5);
        bytes[i] = (uint8_t)(i % 16 < 8 ? 1 : 0);
    }
    printf("dot %d %d\n", vector_dot(), scalar_dot());
    printf("saturated %u %u\n", vector_saturated(), scalar_saturated());
    return vector_dot() == scalar_dot() && vector_saturated() == scalar_saturated() ? 0 : 1;
}
