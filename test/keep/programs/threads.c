/* Threads: mutexes, conditions, thread-local data, memory that comes and goes in all of them, 1 000 in turn. */
#define _GNU_SOURCE
#include "check.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { adders = 4 };
/* A machine that is emulated does less of each. */
static int additions = 5000, turns = 200, mappings = 50, in_turn = 1000;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long counter;
static int turn;
static __thread long own = 5;

static void* add(void* number) {
    own += (long)number;
    for (int i = 0; i < additions; ++i) {
        pthread_mutex_lock(&mutex);
        ++counter;
        pthread_mutex_unlock(&mutex);
    }
    return (void*)own;
}

static void take_turns(int mine) {
    for (int i = 0; i < turns; ++i) {
        pthread_mutex_lock(&mutex);
        while (turn != mine) pthread_cond_wait(&changed, &mutex);
        turn = !mine;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
    }
}

static void* other_turns(void* unused) {
    take_turns(1);
    return unused;
}

static void* map(void* unused) {
    enum { size = 256 << 10 };
    for (int i = 0; i < mappings; ++i) {
        char* const p = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (int k = 0; k < size; k += 4096) {
            CHECK(p[k] == 0);
            p[k] = 1;
        }
        munmap(p, size);
    }
    return unused;
}

static void* same(void* value) { return value; }

int main(int argc, char** argv) {
    int const less = argc > 1 ? atoi(argv[1]) : 1;
    additions /= less, turns /= less, mappings /= less, in_turn /= less;
    pthread_t threads[adders];
    void* result;
    for (long i = 0; i < adders; ++i) CHECK(pthread_create(&threads[i], 0, add, (void*)i) == 0);
    for (long i = 0; i < adders; ++i) {
        pthread_join(threads[i], &result);
        CHECK((long)result == 5 + i);
    }
    CHECK(counter == (long)adders * additions);

    CHECK(pthread_create(&threads[0], 0, other_turns, 0) == 0);
    take_turns(0);
    pthread_join(threads[0], 0);

    for (int i = 0; i < 3; ++i) CHECK(pthread_create(&threads[i], 0, map, 0) == 0);
    map(0);
    for (int i = 0; i < 3; ++i) pthread_join(threads[i], 0);

    for (long i = 0; i < in_turn; ++i) {
        CHECK(pthread_create(&threads[0], 0, same, (void*)i) == 0);
        pthread_join(threads[0], &result);
        CHECK((long)result == i);
    }
    return failures != 0;
}
