// Prints the number of its arguments, then each on a line of its own.

#include <stdio.h>

int main(int argc, char** argv) {
    printf("%d\n", argc);
    for (int i = 0; i < argc; ++i) puts(argv[i]);
    return 0;
}
