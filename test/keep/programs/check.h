/* How a test program for Keeps tells what failed: a line each, and an exit status of 1 at the end. */
#pragma once

#include <errno.h>
#include <stdio.h>

static int failures;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("%s:%d: %s (errno %d)\n", __FILE__, __LINE__, #condition, errno);               \
            ++failures;                                                                            \
        }                                                                                          \
    } while (0)
