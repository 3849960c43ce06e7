// A large file, written or read in one go: `stream write FILE MIB` and `stream read FILE`; prints a
// checksum and the time.

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { block = 1 << 20 };

static uint64_t buffer[block / 8];
static uint64_t checksum = 0;

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void add(size_t bytes) {
    for (size_t i = 0; i < bytes / 8; i += 64) checksum = checksum * 31 + buffer[i];
}

static int write_all(int file, unsigned long blocks) {
    for (unsigned long i = 0; i < blocks; ++i) {
        for (size_t k = 0; k < block / 8; k += 64) buffer[k] = i * block + k;
        add(block);
        for (size_t done = 0; done < block;) {
            ssize_t const put = write(file, (char*)buffer + done, block - done);
            if (put <= 0) return 0;
            done += (size_t)put;
        }
    }
    return 1;
}

static long long read_all(int file) {
    long long total = 0;
    for (;;) {
        size_t filled = 0;
        while (filled < block) {
            ssize_t const got = read(file, (char*)buffer + filled, block - filled);
            if (got < 0) return -1;
            if (got == 0) break;
            filled += (size_t)got;
        }
        add(filled);
        total += (long long)filled;
        if (filled < block) return total;
    }
}

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    int const writing = strcmp(argv[1], "write") == 0;
    int const file = open(argv[2], writing ? O_CREAT | O_TRUNC | O_WRONLY : O_RDONLY, 0644);
    if (file < 0) {
        perror(argv[2]);
        return 1;
    }
    double const start = milliseconds();
    long long total = writing && argc > 3 ? (long long)strtoul(argv[3], NULL, 10) * block : 0;
    if (writing ? !write_all(file, (unsigned long)(total / block)) : (total = read_all(file)) < 0) {
        perror(writing ? "write" : "read");
        return 1;
    }
    close(file);
    printf("bytes %lld checksum %016llx\n", total, (unsigned long long)checksum);
    printf("%s %.1f ms\n", argv[1], milliseconds() - start);
    return 0;
}
