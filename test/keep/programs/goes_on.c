/* One thread computes and asks for nothing; the other one goes on writing lines, whatever becomes of the first. */
#include <pthread.h>
#include <unistd.h>

static volatile unsigned long rounds;

static void* work(void* unused) {
    for (;;) ++rounds;
    return unused;
}

int main(void) {
    pthread_t worker;
    if (pthread_create(&worker, 0, work, 0) != 0) return 1;
    while (rounds < 1000)
        ;
    for (;;) {
        unsigned long const until = rounds + 1;
        for (volatile unsigned long i = 0; i < 20000 && rounds < until; ++i)
            ;
        if (write(1, "on\n", 3) != 3) return 2;
    }
}
