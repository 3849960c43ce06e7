// The five functions that a compiler takes for granted everywhere.

#include <cstddef>

extern "C" {

void* memcpy(void* to, void const* from, std::size_t n) {
    void* const result = to;
    asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
    return result;
}

void* memset(void* to, int byte, std::size_t n) {
    void* const result = to;
    asm volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(byte) : "memory");
    return result;
}

void* memmove(void* to, void const* from, std::size_t n) {
    auto* const target = static_cast<unsigned char*>(to);
    auto const* const source = static_cast<unsigned char const*>(from);
    if (target <= source || target >= source + n) return memcpy(to, from, n);
    void* last_target = target + n - 1;
    void const* last_source = source + n - 1;
    asm volatile("std; rep movsb; cld"
                 : "+D"(last_target), "+S"(last_source), "+c"(n)
                 :
                 : "memory");
    return to;
}

int memcmp(void const* left, void const* right, std::size_t n) {
    auto const* a = static_cast<unsigned char const*>(left);
    auto const* b = static_cast<unsigned char const*>(right);
    for (; n != 0; --n, ++a, ++b)
        if (*a != *b) return *a - *b;
    return 0;
}

std::size_t strlen(char const* text) {
    std::size_t n = 0;
    while (text[n] != 0) ++n;
    return n;
}
}
