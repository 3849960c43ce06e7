/* Threads at the same time until there can be no more, and a system call that no Keep has. */
#define _GNU_SOURCE
#include "check.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { most = 300, no_such_call = 449 };

static sem_t go_on;

static void* wait_for_all(void* unused) {
    sem_wait(&go_on);
    return unused;
}

int main(void) {
    static pthread_t threads[most];
    int made = 0;
    sem_init(&go_on, 0, 0);
    while (made < most && pthread_create(&threads[made], 0, wait_for_all, 0) == 0) ++made;
    for (int i = 0; i < made; ++i) sem_post(&go_on);
    for (int i = 0; i < made; ++i) pthread_join(threads[i], 0);
    CHECK(syscall(no_such_call) == -1 && errno == ENOSYS);
    printf("threads %d\n", made + 1);
    return failures != 0;
}
