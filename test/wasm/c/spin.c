// Says that it has begun, then never ends: computing, sleeping or waiting for input, as its
// argument names.

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
    char const* how = argc > 1 ? argv[1] : "compute";
    puts("begun");
    fflush(stdout);
    unsigned volatile count = 0;
    char byte;
    for (;;) {
        if (strcmp(how, "sleep") == 0)
            sleep(1000);
        else if (strcmp(how, "read") == 0)
            (void)!read(0, &byte, 1);
        else
            count += 1;
    }
}
