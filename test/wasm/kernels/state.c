// A state machine that tells numbers apart in a text, with a CRC over what it saw: bytes and
// unforeseeable branches.

#include "kernel.h"

enum State {
    Start,
    Sign,
    Integer,
    Point,
    Fraction,
    Exponent,
    ExponentSign,
    Scientific,
    Invalid,
    state_count
};

enum { length = 4096 };

static char text[length];

static enum State step(enum State state, char c) {
    int const digit = c >= '0' && c <= '9';
    switch (state) {
    case Start:
        return digit ? Integer : c == '+' || c == '-' ? Sign : c == '.' ? Point : Invalid;
    case Sign:
        return digit ? Integer : c == '.' ? Point : Invalid;
    case Integer:
        return digit ? Integer : c == '.' ? Fraction : c == 'e' ? Exponent : Invalid;
    case Point:
        return digit ? Fraction : Invalid;
    case Fraction:
        return digit ? Fraction : c == 'e' ? Exponent : Invalid;
    case Exponent:
        return digit ? Scientific : c == '+' || c == '-' ? ExponentSign : Invalid;
    case ExponentSign:
        return digit ? Scientific : Invalid;
    case Scientific:
        return digit ? Scientific : Invalid;
    default:
        return Invalid;
    }
}

static uint16_t crc(uint16_t sum, uint8_t byte) {
    sum ^= byte;
    for (int bit = 0; bit < 8; ++bit) sum = (uint16_t)(sum & 1 ? (sum >> 1) ^ 0xa001 : sum >> 1);
    return sum;
}

uint64_t state_kernel(uint32_t rounds) {
    static char const alphabet[] = "0123456789012345678901234567890123+-.e,,,x";
    uint32_t seed = 11;
    for (int i = 0; i < length; ++i) text[i] = alphabet[next_random(&seed) % (sizeof alphabet - 1)];
    uint64_t sum = 1;
    while (rounds-- > 0) {
        uint32_t counts[state_count] = {0};
        uint16_t check = 0;
        enum State state = Start;
        for (int i = 0; i < length; ++i) {
            if (text[i] == ',') {
                ++counts[state];
                check = crc(check, (uint8_t)state);
                state = Start;
            } else
                state = step(state, text[i]);
        }
        for (int i = 0; i < state_count; ++i) sum = mix(sum, counts[i] + check);
        text[rounds % length] = alphabet[next_random(&seed) % (sizeof alphabet - 1)];
    }
    return sum;
}
