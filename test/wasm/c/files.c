// What a program may expect of a directory: each rule is checked in the directory that the argument
// names, and a line `ok RULE` or `FAILED RULE: found` is printed for it. Ends with 1 if one failed.

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int failures = 0;

static void check(char const* rule, int holds) {
    if (holds)
        printf("ok %s\n", rule);
    else
        printf("FAILED %s: errno %d (%s)\n", rule, errno, strerror(errno));
    failures += !holds;
    errno = 0;
}

static void check_errno(char const* rule, int outcome, int expected) {
    check(rule, outcome < 0 && errno == expected);
}

static int put(char const* path, int flags, char const* text) {
    int const file = open(path, flags | O_CREAT | O_WRONLY, 0644);
    if (file < 0) return -1;
    ssize_t const written = write(file, text, strlen(text));
    close(file);
    return written == (ssize_t)strlen(text) ? 0 : -1;
}

static int holds(char const* path, char const* text) {
    char found[256] = {0};
    int const file = open(path, O_RDONLY);
    if (file < 0) return 0;
    ssize_t const got = read(file, found, sizeof found - 1);
    close(file);
    return got == (ssize_t)strlen(text) && strcmp(found, text) == 0;
}

static void contents(void) {
    check(
        "a file is created and read back", put("file", O_EXCL, "one") == 0 && holds("file", "one")
    );
    check_errno("O_EXCL refuses what is there", put("file", O_EXCL, "x"), EEXIST);
    check(
        "O_APPEND writes at the end", put("file", O_APPEND, "+two") == 0 && holds("file", "one+two")
    );
    check("O_TRUNC empties", put("file", O_TRUNC, "3") == 0 && holds("file", "3"));
    int const file = open("file", O_RDWR);
    check("pwrite behind the end leaves zeros", pwrite(file, "z", 1, 3) == 1);
    char bytes[4] = {1, 1, 1, 1};
    check("pread reads there", pread(file, bytes, 4, 0) == 4 && memcmp(bytes, "3\0\0z", 4) == 0);
    check("pread leaves the position", lseek(file, 0, SEEK_CUR) == 0);
    check("lseek from the end", lseek(file, -1, SEEK_END) == 3);
    check_errno("lseek before the start is refused", (int)lseek(file, -9, SEEK_SET), EINVAL);
    struct iovec parts[2] = {{.iov_base = "ab", .iov_len = 2}, {.iov_base = "cd", .iov_len = 2}};
    ssize_t const gathered = lseek(file, 0, SEEK_SET) == 0 ? writev(file, parts, 2) : -1;
    check(
        "writev writes parts in their order",
        (gathered == 4 && holds("file", "abcd")) ||
            (gathered == 2 && pread(file, bytes, 2, 0) == 2 && bytes[1] == 'b')
    );
    check("ftruncate shortens", ftruncate(file, 2) == 0 && holds("file", "ab"));
    struct stat state;
    check(
        "ftruncate lengthens",
        ftruncate(file, 100) == 0 && fstat(file, &state) == 0 && state.st_size == 100
    );
    check(
        "fallocate extends",
        posix_fallocate(file, 0, 200) == 0 && fstat(file, &state) == 0 && state.st_size == 200
    );
    check("fsync and fdatasync", fsync(file) == 0 && fdatasync(file) == 0);
    struct timespec const times[2] = {{.tv_sec = 1000000}, {.tv_sec = 2000000, .tv_nsec = 5000}};
    check(
        "times are set",
        futimens(file, times) == 0 && fstat(file, &state) == 0 && state.st_mtim.tv_sec == 2000000
    );
    close(file);
    check_errno("a closed descriptor is none", (int)write(file, "x", 1), EBADF);
    int const reader = open("file", O_RDONLY);
    check("a reader cannot write", write(reader, "x", 1) < 0 && errno == EBADF);
    close(reader);
    check_errno("what is not there", open("nothing", O_RDONLY), ENOENT);
    check_errno("a file is no directory", open("file/below", O_RDONLY), ENOTDIR);
    unlink("file");
}

static void names(void) {
    put("a", 0, "a");
    put("b", 0, "b");
    check("rename replaces", rename("a", "b") == 0 && holds("b", "a") && access("a", F_OK) < 0);
    check(
        "a hard link is the same file",
        link("b", "c") == 0 && put("c", O_TRUNC, "via c") == 0 && holds("b", "via c")
    );
    struct stat state;
    check("links are counted", stat("b", &state) == 0 && state.st_nlink == 2);
    int const open_file = open("b", O_RDONLY);
    char byte;
    check(
        "an unlinked file lives while it is open",
        unlink("b") == 0 && unlink("c") == 0 && read(open_file, &byte, 1) == 1 && byte == 'v'
    );
    close(open_file);
    check_errno("unlink twice", unlink("b"), ENOENT);

    put("target", 0, "through");
    char text[64] = {0};
    check(
        "a symbolic link is followed", symlink("target", "link") == 0 && holds("link", "through")
    );
    check("readlink", readlink("link", text, sizeof text) == 6 && strcmp(text, "target") == 0);
    check("lstat sees the link", lstat("link", &state) == 0 && S_ISLNK(state.st_mode));
    check_errno("O_NOFOLLOW refuses a link", open("link", O_RDONLY | O_NOFOLLOW), ELOOP);
    check(
        "a link to itself",
        symlink("round", "round") == 0 && open("round", O_RDONLY) < 0 && errno == ELOOP
    );
    check(
        "a dangling link",
        symlink("nowhere", "dangling") == 0 && open("dangling", O_RDONLY) < 0 && errno == ENOENT
    );
    unlink("target"), unlink("link"), unlink("round"), unlink("dangling");
}

static void directories(void) {
    check("mkdir", mkdir("d", 0755) == 0);
    check_errno("mkdir twice", mkdir("d", 0755), EEXIST);
    check("a file below", put("d/file", O_EXCL, "below") == 0 && holds("d/../d/./file", "below"));
    check_errno("a full directory stays", rmdir("d"), ENOTEMPTY);
    check("unlink is not for directories", unlink("d") < 0 && (errno == EISDIR || errno == EPERM));
    check_errno("rmdir is not for files", rmdir("d/file"), ENOTDIR);
    check_errno("a directory cannot be written", open("d", O_WRONLY), EISDIR);
    check("a directory moves", rename("d", "e") == 0 && holds("e/file", "below"));
    check("a directory does not move into itself", rename("e", "e/inside") < 0 && errno == EINVAL);
    mkdir("empty", 0755);
    check(
        "a directory replaces an empty one",
        rename("e", "empty") == 0 && holds("empty/file", "below")
    );
    check(
        "it is gone after rmdir",
        unlink("empty/file") == 0 && rmdir("empty") == 0 && access("empty", F_OK) < 0
    );
}

static void listing(void) {
    enum { count = 500 };
    static char seen[count];
    char name[64];
    mkdir("many", 0755);
    for (int i = 0; i < count; ++i) {
        snprintf(name, sizeof name, "many/a-name-of-some-length-%d", i);
        put(name, 0, "");
    }
    DIR* const entries = opendir("many");
    int total = 0, twice = 0, dots = 0;
    long middle = -1;
    struct dirent* entry;
    while (entries && (entry = readdir(entries))) {
        int number;
        if (sscanf(entry->d_name, "a-name-of-some-length-%d", &number) == 1) {
            twice += seen[number]++;
            if (++total == count / 2) middle = telldir(entries);
        } else
            dots += strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    }
    check("every entry is listed once", total == count && twice == 0);
    check(". and .. are listed", dots == 2);
    int rest = 0;
    if (entries) seekdir(entries, middle);
    while (entries && (entry = readdir(entries))) rest += entry->d_name[0] == 'a';
    check("a cookie goes on where it was taken", rest == count / 2);
    if (entries) closedir(entries);
    for (int i = 0; i < count; ++i) {
        snprintf(name, sizeof name, "many/a-name-of-some-length-%d", i);
        unlink(name);
    }
    check("and all can be removed", rmdir("many") == 0);
}

static int refused(int outcome) {
    return outcome < 0 && (errno == EPERM || errno == ENOTCAPABLE || errno == EXDEV ||
                           errno == ENOENT || errno == EACCES);
}

static void borders(void) {
    check(
        "nothing above the directory is opened",
        refused(open("../../../../../../etc/passwd", O_RDONLY))
    );
    symlink("../../../../../../../../etc/passwd", "way-out");
    check("nor by a relative link", refused(open("way-out", O_RDONLY)));
    unlink("way-out");
    check(
        "an absolute link is not made, or not followed",
        symlink("/etc/passwd", "root") < 0 || refused(open("root", O_RDONLY))
    );
    unlink("root");
    check("nothing is made above", refused(mkdir("../../../../outside", 0755)));
    put("mine", 0, "mine");
    check("nothing is moved out", refused(rename("mine", "../../../../outside")));
    check("nothing is linked in", refused(link("../../../../../../etc/passwd", "in")));
    unlink("mine");
}

int main(int argc, char** argv) {
    if (argc > 1 && chdir(argv[1]) != 0) {
        perror(argv[1]);
        return 2;
    }
    contents();
    names();
    directories();
    listing();
    borders();
    printf("%d failed\n", failures);
    return failures != 0;
}
