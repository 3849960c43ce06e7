/* Writes a text that lies right before a secret: no byte of that goes along. */
#include <stdint.h>
#include <unistd.h>

enum { words = 512 };
static struct {
    char text[8];
    uint64_t secret[words];
} volatile memory;

int main(void) {
    uint64_t volatile seed = 0x9e3779b97f4a7c15;
    uint64_t word = seed;
    for (int i = 0; i < words; ++i) {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
        memory.secret[i] = word;
    }
    char const turned[] = "tohpi\r";
    char volatile turn = 7;
    for (unsigned i = 0; i < sizeof turned - 1; ++i) memory.text[i] = (char)(turned[i] ^ turn);
    return write(1, (void const*)memory.text, 6) == 6 ? 0 : 1;
}
