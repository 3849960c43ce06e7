/* Asks for reports, one after the other, each of another word: a line for each, what it is of, or the error. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { report_call = 400, purpose = 1, data_at = 0x50, data_size = 64 };

int main(int argc, char** argv) {
    int const count = argc > 1 ? atoi(argv[1]) : 1;
    static unsigned char report[4096];
    for (int i = 0; i < count; ++i) {
        char const bound[] = {'n', 'o', '0' + i};
        long const size = syscall(report_call, purpose, bound, sizeof bound, report, sizeof report);
        if (size < 0) {
            printf("%d: error %d\n", i, errno);
            continue;
        }
        printf("%d: %ld ", i, size);
        for (int j = 0; j < data_size; ++j) printf("%02x", report[data_at + j]);
        puts("");
    }
    return 0;
}
