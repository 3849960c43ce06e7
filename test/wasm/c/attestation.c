// An application that asks what it runs in, by ordinary file access below /dev/attestation.
//
//     attestation evidence [TEXT]   binds TEXT, if given, and writes the evidence
//     attestation show NAME         writes the file of that name
//     attestation rules KIND        checks what a program may expect of the files
//     attestation serve             writes the certificate, then serves one client and ends

#include "sockets.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>

enum { most_evidence = 65536 };
static int failures = 0;

static void check(char const* rule, int holds) {
    if (holds)
        printf("ok %s\n", rule);
    else
        printf("FAILED %s: errno %d (%s)\n", rule, errno, strerror(errno));
    failures += !holds;
    errno = 0;
}

static char const* path_of(char const* name) {
    static char path[100];
    snprintf(path, sizeof path, "/dev/attestation/%s", name);
    return path;
}

// The whole file; its size, or -1.
static ssize_t get(char const* name, char* out, size_t room) {
    int const file = open(path_of(name), O_RDONLY);
    if (file < 0) return -1;
    size_t total = 0;
    for (ssize_t got; total < room && (got = read(file, out + total, room - total)) > 0;)
        total += (size_t)got;
    close(file);
    return (ssize_t)total;
}

static ssize_t put(void const* data, size_t size) {
    int const file = open(path_of("user_data"), O_WRONLY);
    if (file < 0) return -1;
    ssize_t const written = write(file, data, size);
    int const failure = errno;
    close(file);
    errno = failure;
    return written;
}

static int show(char const* name) {
    static char content[most_evidence];
    ssize_t const size = get(name, content, sizeof content);
    if (size < 0) {
        perror(name);
        return 1;
    }
    return fwrite(content, 1, (size_t)size, stdout) == (size_t)size ? 0 : 1;
}

static int holds(char const* name, char const* text) {
    char found[100];
    return get(name, found, sizeof found) == (ssize_t)strlen(text) &&
           memcmp(found, text, strlen(text)) == 0;
}

static void user_data(void) {
    char const most[65] = {1};
    check("user data are empty at the start", holds("user_data", ""));
    check("a write is what is read", put("first one", 9) == 9 && holds("user_data", "first one"));
    check("a write replaces", put("second", 6) == 6 && holds("user_data", "second"));
    check("64 bytes are taken", put(most, 64) == 64);
    put("third", 5);
    check("65 bytes are EFBIG", put(most, 65) == -1 && errno == EFBIG);
    check("and change nothing", holds("user_data", "third"));
    int const file = open(path_of("user_data"), O_RDWR | O_TRUNC);
    check("truncated they are empty", file >= 0 && holds("user_data", ""));
    struct iovec const parts[] = {{"in ", 3}, {"parts", 5}};
    check("writev is one write", writev(file, parts, 2) == 8 && holds("user_data", "in parts"));
    check("a later write replaces, too", write(file, "x", 1) == 1 && holds("user_data", "x"));
    close(file);
    FILE* const stream = fopen(path_of("user_data"), "w");
    fputs("by stdio", stream);
    check("stdio writes", fclose(stream) == 0 && holds("user_data", "by stdio"));
}

static int binds(char const* evidence, ssize_t size, char const* text) {
    size_t const length = strlen(text);
    for (char const* at = evidence; at + length <= evidence + size; ++at)
        if (memcmp(at, text, length) == 0) return 1;
    return 0;
}

static void evidence(void) {
    static char early[most_evidence], late[most_evidence], again[most_evidence];
    put("early", 5);
    int const file = open(path_of("evidence"), O_RDONLY);
    ssize_t const size = get("evidence", early, sizeof early);
    put("later", 5);
    check("evidence has a size", size > 100);
    check(
        "other user data, other evidence",
        get("evidence", late, sizeof late) == size && memcmp(early, late, (size_t)size) != 0
    );
    // A processor signs each time anew: two files of the same are not equal.
    check(
        "evidence stays as it was when it was opened",
        read(file, early, sizeof early) == size && binds(early, size, "early") &&
            !binds(early, size, "later")
    );
    check(
        "and is the same when it is read again",
        lseek(file, 0, SEEK_SET) == 0 && read(file, again, sizeof again) == size &&
            memcmp(early, again, (size_t)size) == 0
    );
    struct stat status;
    check("its size is told", fstat(file, &status) == 0 && status.st_size == size);
    check("it is a file", S_ISREG(status.st_mode));
    check("lseek to the end", lseek(file, 0, SEEK_END) == size);
    close(file);
    check("it cannot be written", open(path_of("evidence"), O_WRONLY) < 0 && errno == EACCES);
}

static void folder(char const* kind) {
    check("kind says what vouches for it", holds("kind", kind));
    check("nothing else is made there", open(path_of("new"), O_CREAT | O_WRONLY, 0644) < 0);
    check("nothing is removed", unlink(path_of("kind")) < 0 && errno == EPERM);
    check("it leads nowhere else", open(path_of("../kind"), O_RDONLY) < 0);
    DIR* const folder = opendir("/dev/attestation");
    int files = 0;
    for (struct dirent* entry; folder && (entry = readdir(folder));)
        files += entry->d_name[0] != '.';
    check("its files are listed", files >= 3);
    if (folder) closedir(folder);
}

static int serve(void) {
    if (show("certificate")) return 1;
    fflush(stdout);
    int const listener = named_descriptor("ingest");
    fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) & ~O_NONBLOCK);
    int const client = accept(listener, NULL, NULL);
    if (client < 0) {
        perror("accept");
        return 1;
    }
    char said[64];
    ssize_t const size = recv(client, said, sizeof said, 0); // what the client wants to be bound
    static char made[most_evidence];
    if (size < 0 || put(said, (size_t)size) != size) return 1;
    ssize_t const length = get("evidence", made, sizeof made);
    int const sent = length > 0 ? send_all(client, made, (size_t)length) : -1;
    close(client);
    return sent == 0 ? 0 : 1;
}

int main(int argc, char** argv) {
    char const* const command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "serve") == 0) return serve();
    if (strcmp(command, "show") == 0 && argc > 2) return show(argv[2]);
    if (strcmp(command, "evidence") == 0) {
        size_t const size = argc > 2 ? strlen(argv[2]) : 0;
        if (size > 0 && put(argv[2], size) != (ssize_t)size) {
            perror("user_data");
            return 1;
        }
        return show("evidence");
    }
    user_data();
    evidence();
    folder(argc > 2 ? argv[2] : "none");
    return failures != 0;
}
