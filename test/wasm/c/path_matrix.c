/* Every call that names a path, for every form that a path can have: what it answers, and what the folder looks like
   afterwards. One line each; the folder is descriptor 3. The same source runs natively, in Keeps as WebAssembly and by
   `enarx exec`, and test/scenario/paths.py compares the lines. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { folder = 3, most_names = 64, room = 8192 };

static char const *error_name(int error) {
    static char other[32];
    switch (error) {
#define NAME(name) case E##name: return #name
        NAME(PERM); NAME(NOENT); NAME(IO); NAME(BADF); NAME(ACCES); NAME(BUSY); NAME(EXIST); NAME(XDEV); NAME(NOTDIR);
        NAME(ISDIR); NAME(INVAL); NAME(MFILE); NAME(TXTBSY); NAME(SPIPE); NAME(ROFS); NAME(NAMETOOLONG); NAME(NOTEMPTY);
        NAME(LOOP); NAME(ILSEQ); NAME(NOTSUP); NAME(NXIO); NAME(NODEV); NAME(NOSYS);
#undef NAME
    }
#ifdef ENOTCAPABLE
    if (error == ENOTCAPABLE) return "NOTCAPABLE";
#endif
    snprintf(other, sizeof other, "error %d", error);
    return other;
}

/* The folder as it is, in the order of its names. */
static int by_name(void const *a, void const *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static char type_of(mode_t mode) {
    return S_ISREG(mode) ? 'f' : S_ISDIR(mode) ? 'd' : S_ISLNK(mode) ? 'l' : S_ISCHR(mode) ? 'c' : '?';
}

static int list(int in, char const *path, char **names) {
    int const fd = openat(in, path, O_RDONLY | O_DIRECTORY);
    DIR *const directory = fd < 0 ? 0 : fdopendir(fd);
    if (!directory) return -1;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) && count < most_names;)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) names[count++] = strdup(entry->d_name);
    closedir(directory);
    qsort(names, count, sizeof *names, by_name);
    return count;
}

static void picture(char const *path, char *out) {
    char *names[most_names];
    int const count = list(folder, path, names);
    for (int i = 0; i < count; ++i) {
        char below[512], target[64] = "";
        snprintf(below, sizeof below, "%s/%s", path, names[i]);
        struct stat status;
        if (fstatat(folder, below, &status, AT_SYMLINK_NOFOLLOW)) status.st_mode = 0;
        if (S_ISLNK(status.st_mode) && strcmp(names[i], "out")) readlinkat(folder, below, target, sizeof target - 1);
        int const size = S_ISREG(status.st_mode) ? (int)status.st_size : 0;
        char const *shown = strlen(names[i]) > 100 ? "LONG" : names[i];
        snprintf(out + strlen(out), room - strlen(out), " %s:%c%d%s", shown, type_of(status.st_mode), size, target);
        if (S_ISDIR(status.st_mode)) picture(below, out);
        free(names[i]);
    }
}

static void clean(char const *path) {
    char *names[most_names];
    int const count = list(folder, path, names);
    for (int i = 0; i < count; ++i) {
        char below[512];
        snprintf(below, sizeof below, "%s/%s", path, names[i]);
        struct stat status;
        int const there = fstatat(folder, below, &status, AT_SYMLINK_NOFOLLOW) == 0;
        if (there && S_ISDIR(status.st_mode)) {
            clean(below);
            unlinkat(folder, below, AT_REMOVEDIR);
        } else if (there && strcmp(names[i], "out")) { /* a link that leads out: only the host can make it */
            unlinkat(folder, below, 0);
        }
        free(names[i]);
    }
}

static void make_file(char const *path, char const *text) {
    int const file = openat(folder, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (write(file, text, strlen(text)) < 0) abort();
    close(file);
}

static void set_up(void) {
    clean(".");
    mkdirat(folder, "d", 0755);
    mkdirat(folder, "e", 0755);
    make_file("d/x", "x");
    make_file("f", "abc");
    static char const *const links[][2] = {{"f", "lf"}, {"d", "ld"}, {"nowhere", "ln"}, {"loop", "loop"}, {".", "ldot"},
                                           {"d/..", "ldd"}, {"f/", "lfs"}, {"d/", "lds"}, {"lf", "llf"}, {"..", "up"}};
    for (unsigned i = 0; i < sizeof links / sizeof *links; ++i)
        if (symlinkat(links[i][0], folder, links[i][1])) abort();
}

static char initial[room], now[room];

static void begin(void) {
    if (!strcmp(initial, now)) return;
    set_up();
    *now = 0;
    picture(".", now);
    if (!*initial) strcpy(initial, now);
}

/* What a call says beside success. */
static char detail[room];

static int status_detail(int failed, struct stat const *status) {
    if (!failed) snprintf(detail, sizeof detail, "%c%d", type_of(status->st_mode), S_ISREG(status->st_mode) ? (int)status->st_size : 0);
    return failed;
}

static int opened(char const *path, int flags) {
    int const file = openat(folder, path, flags, 0644);
    if (file < 0) return -1;
    struct stat status;
    status_detail(fstat(file, &status), &status);
    int const writes = (flags & O_ACCMODE) != O_RDONLY;
    if (S_ISREG(status.st_mode) && writes && write(file, "new", 3) != 3) strcat(detail, " cannot be written");
    if (S_ISREG(status.st_mode) && !writes) {
        char text[8] = "";
        if (read(file, text, sizeof text - 1) < 0) strcpy(text, "?");
        strcat(detail, text);
    }
    close(file);
    return 0;
}

static int listed(char const *path) {
    char *names[most_names];
    int const count = list(folder, path, names);
    for (int i = 0; i < count; ++i) {
        if (strcmp(names[i], "out")) snprintf(detail + strlen(detail), sizeof detail - strlen(detail), "%s%s", *detail ? " " : "", names[i]);
        free(names[i]);
    }
    return count < 0 ? -1 : 0;
}

static int read_link(char const *path) {
    char target[room] = "";
    int const size = (int)readlinkat(folder, path, target, sizeof target - 1);
    if (size >= 0 && *target != '/') snprintf(detail, sizeof detail, "%s", target);
    return size < 0 ? -1 : 0;
}

static int changed_size(char const *path, int flags, int allocates) {
    int const file = openat(folder, path, flags);
    if (file < 0) return -1;
    int const error = allocates ? posix_fallocate(file, 0, 20) : ftruncate(file, 1) ? errno : 0;
    close(file);
    errno = error;
    return error ? -1 : 0;
}

static int times(char const *path, int flags) {
    struct timespec const when[2] = {{1000, 0}, {2000, 0}};
    if (utimensat(folder, path, when, flags)) return -1;
    struct stat status;
    if (fstatat(folder, path, &status, flags) || status.st_mtime != 2000) strcpy(detail, "but nothing happened");
    utimensat(folder, path, 0, flags);
    return 0;
}

static char shown_path[64];

static void show(char const *path) {
    if (strlen(path) > 40) {
        snprintf(shown_path, sizeof shown_path, "%.4s(%zu)", path, strlen(path));
        return;
    }
    *shown_path = 0;
    for (unsigned char const *at = (unsigned char const *)path; *at; ++at)
        snprintf(shown_path + strlen(shown_path), 5, *at < 0x80 ? "%c" : "\\x%02x", *at);
}

static void told(char const *call, char const *path, int answer) {
    int const error = errno;
    show(path);
    *now = 0;
    picture(".", now);
    printf("%s|%s|%s%s%s", call, shown_path, answer < 0 ? error_name(error) : "ok", *detail ? " " : "", detail);
    if (strcmp(initial, now)) printf("|%s", now);
    printf("\n");
}

#define TRY(name, expression)                                                                                          \
    do {                                                                                                               \
        begin();                                                                                                       \
        *detail = 0;                                                                                                   \
        errno = 0;                                                                                                     \
        told(name, path, expression);                                                                                  \
    } while (0)

static void look(char const *path) {
    struct stat status;
    TRY("stat", status_detail(fstatat(folder, path, &status, 0), &status));
    TRY("lstat", status_detail(fstatat(folder, path, &status, AT_SYMLINK_NOFOLLOW), &status));
    TRY("access", faccessat(folder, path, F_OK, 0));
    TRY("access-w", faccessat(folder, path, R_OK | W_OK, 0));
    TRY("readlink", read_link(path));
    TRY("list", listed(path));
    TRY("utimens", times(path, 0));
    TRY("utimens-nofollow", times(path, AT_SYMLINK_NOFOLLOW));
}

static void open_all(char const *path) {
    TRY("open-read", opened(path, O_RDONLY));
    TRY("open-write", opened(path, O_WRONLY));
    TRY("open-read-nofollow", opened(path, O_RDONLY | O_NOFOLLOW));
    TRY("open-both-nofollow", opened(path, O_RDWR | O_NOFOLLOW));
    TRY("open-folder", opened(path, O_RDONLY | O_DIRECTORY));
    TRY("open-folder-nofollow", opened(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    TRY("open-create", opened(path, O_WRONLY | O_CREAT));
    TRY("open-create-nofollow", opened(path, O_WRONLY | O_CREAT | O_NOFOLLOW));
    TRY("open-exclusive", opened(path, O_WRONLY | O_CREAT | O_EXCL));
    TRY("open-truncate", opened(path, O_WRONLY | O_TRUNC));
    TRY("open-append", opened(path, O_WRONLY | O_APPEND));
    TRY("ftruncate", changed_size(path, O_WRONLY, 0));
    TRY("ftruncate-read-only", changed_size(path, O_RDONLY, 0));
    TRY("fallocate-read-only", changed_size(path, O_RDONLY, 1));
}

static void change(char const *path) {
    TRY("mkdir", mkdirat(folder, path, 0755));
    TRY("rmdir", unlinkat(folder, path, AT_REMOVEDIR));
    TRY("unlink", unlinkat(folder, path, 0));
    TRY("symlink", symlinkat("t", folder, path));
    TRY("link-from", linkat(folder, path, folder, "new", 0));
    TRY("link-from-to-there", linkat(folder, path, folder, "f", 0));
    TRY("link-from-follow", linkat(folder, path, folder, "new", AT_SYMLINK_FOLLOW));
    TRY("link-to", linkat(folder, "f", folder, path, 0));
    TRY("rename-from", renameat(folder, path, folder, "new"));
    TRY("rename-from-to-slash", renameat(folder, path, folder, "new/"));
    TRY("rename-file-to", renameat(folder, "f", folder, path));
    TRY("rename-folder-to", renameat(folder, "d", folder, path));
    TRY("rename-link-to", renameat(folder, "ld", folder, path));
    TRY("rename-to-itself", renameat(folder, path, folder, path));
}

int main(int argc, char **argv) {
    static char const *const paths[] = {
        ".", "./", "./.", "..", "../q", "../", "d", "d/", "d//", "d/.", "d/..", "d/../", "d/../f", "d/../../q", "d//x", "./d/./x",
        "f", "f/", "f//", "f/.", "f/..", "f/x", "e", "e/", "e/.", "lf", "lf/", "lf//", "lf/.", "lf/x", "llf", "llf/", "ld", "ld/",
        "ld//", "ld/.", "ld/..", "ld/x", "ld/x/", "ln", "ln/", "ln//", "ln/.", "ln/x", "loop", "loop/", "loop/x", "ldot", "ldot/",
        "ldot/f", "ldd", "ldd/f", "lfs", "lfs/", "lds", "lds/", "lds/x", "up", "up/", "up/.", "up/q", "nope", "nope/", "nope/.",
        "nope/x", "d/x", "d/x/", "d/x/y", "d/new", "d/new/", "ld/new", "", "/", "//", "/f", "b\xff", "b\xff/", "d/b\xff",
    };
    static char const *const out[] = {"out", "out/", "out//", "out/.", "out/x", "out/new"};
    static char long_name[400], longest_name[400], long_path[5000], deep_path[5000];
    memset(long_name, 'n', 256);
    memset(longest_name, 'm', 255);
    memset(long_path, '/', 4990);
    memcpy(long_path, "d", 1);
    for (int i = 0; i < 4000; i += 2) memcpy(deep_path + i, "./", 2);
    strcat(deep_path, "f");
    char const *const long_paths[] = {long_name, longest_name, long_path, deep_path};

    strcpy(now, "not yet");
    for (unsigned i = 0; i < sizeof paths / sizeof *paths; ++i) look(paths[i]), open_all(paths[i]), change(paths[i]);
    for (unsigned i = 0; i < 4; ++i) look(long_paths[i]), open_all(long_paths[i]), change(long_paths[i]);
    for (unsigned i = 0; argc > 1 && !strcmp(argv[1], "out") && i < sizeof out / sizeof *out; ++i)
        look(out[i]), open_all(out[i]), i ? change(out[i]) : (void)0; /* not the link itself: nobody could make it anew */
    clean(".");
    return 0;
}
