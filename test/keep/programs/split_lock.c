/* A locked instruction over two lines of the cache, which a host may have its processor stop at:
 * the Keep has to go on. */
#include "check.h"

#include <stdalign.h>
#include <string.h>

int main(void) {
    alignas(64) static unsigned char lines[128];
    unsigned int* const across = (unsigned int*)(lines + 62);
    for (int i = 0; i < 1000; ++i) __asm__ volatile("lock addl $1, %0" : "+m"(*across));
    unsigned int found = 0;
    memcpy(&found, lines + 62, sizeof found);
    CHECK(found == 1000);
    return failures;
}
