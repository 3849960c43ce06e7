// Many small files in one directory: created, read back, listed and removed; prints the
// milliseconds of each phase.

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char path[512];
static char content[128];

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void fail(char const* what) {
    perror(what);
    exit(1);
}

static void name_file(char const* directory, int number) {
    snprintf(path, sizeof path, "%s/file-%06d", directory, number);
    snprintf(content, sizeof content, "the content of small file number %d\n", number);
}

static void create(char const* directory, int count) {
    for (int i = 0; i < count; ++i) {
        name_file(directory, i);
        int const file = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
        if (file < 0 || write(file, content, strlen(content)) != (ssize_t)strlen(content))
            fail("create");
        close(file);
    }
}

static void read_back(char const* directory, int count) {
    for (int i = 0; i < count; ++i) {
        name_file(directory, i);
        char found[sizeof content] = {0};
        int const file = open(path, O_RDONLY);
        if (file < 0 || read(file, found, sizeof found - 1) < 0) fail("read");
        close(file);
        if (strcmp(found, content) != 0) {
            printf("file %d holds something else\n", i);
            exit(1);
        }
    }
}

static int list(char const* directory) {
    DIR* const entries = opendir(directory);
    if (!entries) fail("opendir");
    int found = 0;
    for (struct dirent* entry; (entry = readdir(entries));)
        found += strncmp(entry->d_name, "file-", 5) == 0;
    closedir(entries);
    return found;
}

static void remove_all(char const* directory, int count) {
    for (int i = 0; i < count; ++i) {
        name_file(directory, i);
        if (unlink(path) != 0) fail("unlink");
    }
}

int main(int argc, char** argv) {
    char const* const directory = argc > 1 ? argv[1] : ".";
    int const count = argc > 2 ? atoi(argv[2]) : 10000;
    double const start = milliseconds();
    create(directory, count);
    double const created = milliseconds();
    read_back(directory, count);
    double const read = milliseconds();
    int const listed = list(directory);
    double const seen = milliseconds();
    remove_all(directory, count);
    double const end = milliseconds();
    printf("files %d listed %d left %d\n", count, listed, list(directory));
    printf(
        "create %.1f read %.1f list %.1f remove %.1f total %.1f ms\n",
        created - start,
        read - created,
        seen - read,
        end - seen,
        end - start
    );
    return listed == count ? 0 : 1;
}
