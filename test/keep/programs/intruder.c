/* Stands for an exec that its application has taken over. In the place of libexec/enarx/exec it has what `enarx run`
   hands to exec and nothing more, and tries what somebody with that would.

   What to try stands in the file "orders" of a folder that it was given, a line each:
       fill           writes the files behind the line FILES into everything else that it was given and that takes them:
                      streams as they are, folders under the names that come with them
       change         tries each call that changes something on what lies below every other folder
       dial ADDRESS PORT, serve ADDRESS PORT
                      connects there, listens there: says "done" or the error
   FILES: "NAME SIZE\n" and behind it so many bytes, again and again. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { first = 3, last = 120 };

static char* orders;
static size_t orders_size;

static int orders_folder = -1;

static void read_orders(void) {
    for (int fd = first; fd < last && orders == NULL; ++fd) {
        int const file = openat(fd, "orders", O_RDONLY);
        struct stat status;
        if (file < 0 || fstat(file, &status) != 0) continue;
        orders = malloc((size_t)status.st_size + 1);
        ssize_t got = 0;
        while ((got = read(file, orders + orders_size, (size_t)status.st_size - orders_size)) > 0)
            orders_size += (size_t)got;
        orders[orders_size] = 0;
        orders_folder = fd;
        close(file);
    }
}

static int write_all(int fd, char const* bytes, size_t size) {
    while (size > 0) {
        ssize_t const n = write(fd, bytes, size);
        if (n <= 0) return -1;
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

static void fill_folder(int folder, char const* name, char const* bytes, size_t size) {
    unlinkat(folder, name, 0);
    int const file = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file >= 0 && write_all(file, bytes, size) == 0) printf("planted %s\n", name);
    if (file >= 0) close(file);
}

static void fill(char* files) {
    int streams = 0, folders = 0;
    for (int fd = first; fd < last; ++fd) {
        struct stat status;
        if (fd == orders_folder || fstat(fd, &status) != 0) continue;
        if (S_ISDIR(status.st_mode)) ++folders;
        char* at = files;
        char name[80];
        size_t size = 0;
        int used = 0;
        while (at < orders + orders_size && sscanf(at, "%79s %zu%n", name, &size, &used) == 2) {
            char const* const bytes = at + used + 1;
            if (S_ISDIR(status.st_mode)) {
                fill_folder(fd, name, bytes, size);
                symlinkat("/tmp/enarx-intruder", fd, "collateral");
            } else {
                pwrite(fd, bytes, size, 0);
                ftruncate(fd, (off_t)size);
                if (!S_ISREG(status.st_mode) && write_all(fd, bytes, size) == 0) ++streams;
            }
            at = (char*)bytes + size;
        }
    }
    printf("folders %d streams %d\n", folders, streams);
}

#define TRY_IT(call)                                                                               \
    do {                                                                                           \
        if ((call) >= 0) printf("done: %s\n", #call);                                              \
    } while (0)

static void change_below(int folder) {
    struct timespec const long_ago[2] = {{1, 0}, {1, 0}};
    TRY_IT(openat(folder, "file", O_WRONLY));
    TRY_IT(openat(folder, "file", O_RDWR));
    TRY_IT(openat(folder, "file", O_RDONLY | O_TRUNC));
    TRY_IT(openat(folder, "new", O_RDONLY | O_CREAT, 0600));
    TRY_IT(openat(folder, ".", O_RDWR | O_TMPFILE, 0600));
    TRY_IT(mkdirat(folder, "new", 0700));
    TRY_IT(unlinkat(folder, "file", 0));
    TRY_IT(unlinkat(folder, "folder", AT_REMOVEDIR));
    TRY_IT(renameat(folder, "file", folder, "new"));
    TRY_IT(linkat(folder, "file", folder, "new", 0));
    TRY_IT(symlinkat("file", folder, "new"));
    TRY_IT(utimensat(folder, "file", long_ago, 0));
    TRY_IT(utimensat(folder, "file", long_ago, AT_SYMLINK_NOFOLLOW));
    TRY_IT(futimens(folder, long_ago));
    int const file = openat(folder, "file", O_RDONLY);
    TRY_IT(futimens(file, long_ago));
    TRY_IT(ftruncate(file, 0));
    TRY_IT(write(file, "x", 1));
    TRY_IT(pwrite(file, "x", 1, 0));
    TRY_IT(fallocate(file, 0, 0, 4096));
    int const inner = openat(folder, "folder", O_RDONLY | O_DIRECTORY);
    TRY_IT(openat(inner, "new", O_RDONLY | O_CREAT, 0600));
    TRY_IT(mkdirat(inner, "new", 0700));
    close(inner);
    close(file);
}

static void change(void) {
    int folders = 0;
    for (int fd = first; fd < last; ++fd) {
        struct stat status;
        if (fd == orders_folder || fstat(fd, &status) != 0 || !S_ISDIR(status.st_mode)) continue;
        ++folders;
        change_below(fd);
    }
    printf("folders %d\n", folders);
}

static void tell(char const* what, int answer) {
    printf("%s: %s\n", what, answer >= 0 ? "done" : strerror(errno));
}

static struct sockaddr_in address_of(char const* text, unsigned port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    inet_pton(AF_INET, text, &address.sin_addr);
    return address;
}

static void use_network(char const* what, char const* text, unsigned port) {
    struct sockaddr_in const address = address_of(text, port);
    int const fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) {
        tell(what, fd);
    } else if (strcmp(what, "dial") == 0) {
        tell(what, connect(fd, (struct sockaddr const*)&address, sizeof address));
    } else {
        int const one = 1;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        int const bound = bind(fd, (struct sockaddr const*)&address, sizeof address);
        tell(what, bound != 0 ? bound : listen(fd, 1));
    }
}

int main(void) {
    read_orders();
    if (orders == NULL) return 1;
    char* files = memmem(orders, orders_size, "FILES\n", 6);
    for (char* line = orders; line < orders + orders_size && line != files;) {
        char what[16], text[64];
        unsigned port = 0;
        if (strncmp(line, "fill", 4) == 0 && files != NULL) fill(files + 6);
        if (strncmp(line, "change", 6) == 0) change();
        if (sscanf(line, "%15s %63s %u", what, text, &port) == 3) use_network(what, text, port);
        char* const end = strchr(line, '\n');
        if (end == NULL) break;
        line = end + 1;
    }
    fflush(stdout);
    return 0;
}
