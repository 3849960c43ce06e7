// Ends with the status that its argument names, by a return, by exit or by _Exit.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char** argv) {
    int const status = argc > 1 ? atoi(argv[1]) : 0;
    char const* way = argc > 2 ? argv[2] : "return";
    printf("ends with %d by %s\n", status, way);
    if (strcmp(way, "exit") == 0) exit(status);
    if (strcmp(way, "_Exit") == 0) {
        fflush(stdout);
        _Exit(status);
    }
    return status;
}
