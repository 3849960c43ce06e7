/* Says hello with its arguments and ends with a status of its own. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
    printf("hello %s %s\n", argc > 1 ? argv[1] : "-", getenv("HOME") ? getenv("HOME") : "-");
    return 42;
}
