// A short tour of a Keep from the inside: what an unmodified application sees there.

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void show_arguments(int argc, char** argv) {
    printf("I am %s", argv[0]);
    for (int i = 1; i < argc; ++i) printf(" %s", argv[i]);
    printf(". Nothing of the host's environment came along: HOME is %s.\n", getenv("HOME") ? getenv("HOME") : "not set");
    printf("What my configuration gave me: GREETING is \"%s\".\n", getenv("GREETING") ? getenv("GREETING") : "");
}

static int show_files(void) {
    FILE* note = fopen("/scratch/note.txt", "w");
    if (!note) {
        printf("I have no /scratch: %s.\n", strerror(errno));
        return 1;
    }
    fputs("written inside", note);
    fclose(note);
    char text[32] = "";
    note = fopen("/scratch/note.txt", "r");
    if (!note || !fgets(text, sizeof text, note)) return 1;
    fclose(note);
    printf("My file /scratch/note.txt says \"%s\"; it lives in the Keep's memory and ends with it.\n", text);
    DIR* host = opendir("/etc");
    printf("The host's /etc is %s.\n", host ? "visible" : "not visible");
    if (host) closedir(host);
    return host != NULL;
}

static int show_numbers(void) {
    unsigned char random[8];
    if (getentropy(random, sizeof random) != 0) return 1;
    printf("Random bytes: ");
    for (size_t i = 0; i < sizeof random; ++i) printf("%02x", random[i]);
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 1;
    unsigned long long sum = 0;
    for (unsigned n = 1; n <= 10000000; ++n) sum += (unsigned long long)n * n % 7;
    struct timespec then = now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 1;
    double ms = (double)(now.tv_sec - then.tv_sec) * 1e3 + (double)(now.tv_nsec - then.tv_nsec) / 1e6;
    printf(". Ten million steps of arithmetic gave %llu in %.0f ms.\n", sum, ms);
    return 0;
}

int main(int argc, char** argv) {
    show_arguments(argc, argv);
    return show_files() | show_numbers();
}
