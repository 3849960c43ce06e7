/* Files below a folder at descriptor 5, and that nothing else of the host can be named. */
#define _GNU_SOURCE
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { folder = 5 };

static void contents(void) {
    char text[32] = {0};
    int const file = openat(folder, "a", O_RDWR | O_CREAT | O_EXCL, 0644);
    CHECK(file >= 0);
    struct iovec const parts[2] = {{"hello ", 6}, {"world", 5}};
    CHECK(writev(file, parts, 2) == 11);
    CHECK(pread(file, text, sizeof text, 6) == 5 && memcmp(text, "world", 5) == 0);
    CHECK(lseek(file, 0, SEEK_END) == 11);
    struct stat status;
    CHECK(fstat(file, &status) == 0 && status.st_size == 11 && S_ISREG(status.st_mode));
    CHECK(ftruncate(file, 5) == 0 && fstat(file, &status) == 0 && status.st_size == 5);
    struct pollfd polled = {file, POLLIN | POLLOUT, 0};
    CHECK(poll(&polled, 1, 0) == 1 && polled.revents == (POLLIN | POLLOUT));
    CHECK(close(file) == 0);
    CHECK(read(file, text, 1) == -1 && errno == EBADF);
}

static void names(void) {
    struct stat status;
    CHECK(mkdirat(folder, "d", 0755) == 0);
    CHECK(renameat(folder, "a", folder, "d/b") == 0);
    CHECK(fstatat(folder, "a", &status, 0) == -1 && errno == ENOENT);
    CHECK(linkat(folder, "d/b", folder, "c", 0) == 0);
    CHECK(symlinkat("d/b", folder, "s") == 0);
    char text[8];
    CHECK(readlinkat(folder, "s", text, sizeof text) == 3 && memcmp(text, "d/b", 3) == 0);
    CHECK(fstatat(folder, "s", &status, 0) == 0 && status.st_size == 5);
    struct timespec const times[2] = {{1000, 0}, {2000, 0}};
    CHECK(utimensat(folder, "c", times, 0) == 0 && fstatat(folder, "c", &status, 0) == 0 && status.st_mtime == 2000);
    int seen = 0;
    DIR* const listing = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY));
    CHECK(listing != 0);
    while (listing != 0 && readdir(listing) != 0) ++seen;
    CHECK(seen == 5); /* . .. c d s */
}

static void ways_out(void) {
    CHECK(openat(folder, "../x", O_RDONLY) == -1);
    CHECK(openat(folder, "/etc/passwd", O_RDONLY) == -1);
    CHECK(open("/etc/passwd", O_RDONLY) == -1);
    CHECK(open("/proc/self/mem", O_RDWR) == -1);
    CHECK(symlinkat("/etc", folder, "out") == 0);
    CHECK(openat(folder, "out/passwd", O_RDONLY) == -1);
    struct stat status;
    CHECK(fstatat(folder, "out/passwd", &status, 0) == -1);
    CHECK(unlinkat(folder, "..", AT_REMOVEDIR) == -1);
    CHECK(renameat(folder, "c", folder, "out/c") == -1);
    CHECK(linkat(folder, "c", folder, "out/c", 0) == -1);
    CHECK(symlinkat("x", folder, "../x") == -1);
    CHECK(mkdirat(folder, "out/d", 0755) == -1);
}

/* What a program asks for, and what the host makes of it: test/scenario/paths.py. */
static int rights(void) {
    enum { given = 3 };
    CHECK(openat(given, "file", O_CREAT | O_WRONLY, 06755) >= 0);
    CHECK(mkdirat(given, "folder", 07755) == 0);
    return failures != 0;
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "rights") == 0) return rights();
    contents();
    names();
    ways_out();
    return failures != 0;
}
