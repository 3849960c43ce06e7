// A small matcher of regular expressions (characters, `.`, classes, `*`, `+`, `?`, `^`, `$`) over a
// text of log lines.

#include "kernel.h"

#include <stdio.h>
#include <string.h>

enum { lines = 400, width = 96 };

static char log_lines[lines][width];

static char const* end_of_unit(char const* pattern) {
    if (*pattern == '[') return strchr(pattern, ']') + 1;
    return pattern + (*pattern == '\\' ? 2 : 1);
}

static int unit_matches(char const* unit, char const* end, char c) {
    if (c == 0) return 0;
    if (*unit == '.') return 1;
    if (*unit == '\\') return unit[1] == 'd' ? c >= '0' && c <= '9' : unit[1] == c;
    if (*unit != '[') return *unit == c;
    int const negated = unit[1] == '^';
    for (char const* at = unit + 1 + negated; at + 1 < end; ++at) {
        if (at[1] == '-' && at + 3 < end) {
            if (c >= at[0] && c <= at[2]) return !negated;
            at += 2;
        } else if (*at == c)
            return !negated;
    }
    return negated;
}

static char const* match_here(char const* pattern, char const* text) {
    if (*pattern == 0) return text;
    if (pattern[0] == '$' && pattern[1] == 0) return *text ? NULL : text;
    char const* const end = end_of_unit(pattern);
    if (*end == '*' || *end == '+') {
        char const* last = text;
        while (unit_matches(pattern, end, *last)) ++last;
        for (char const* at = last; at >= text + (*end == '+'); --at) {
            char const* const found = match_here(end + 1, at);
            if (found) return found;
        }
        return NULL;
    }
    if (*end == '?') {
        char const* const with =
            unit_matches(pattern, end, *text) ? match_here(end + 1, text + 1) : NULL;
        return with ? with : match_here(end + 1, text);
    }
    return unit_matches(pattern, end, *text) ? match_here(end, text + 1) : NULL;
}

static uint32_t match(char const* pattern, char const* text) {
    if (*pattern == '^') return match_here(pattern + 1, text) != NULL;
    for (char const* at = text;; ++at) {
        char const* const end = match_here(pattern, at);
        if (end) return (uint32_t)(at - text) << 8 | (uint32_t)(end - at);
        if (*at == 0) return 0;
    }
}

uint64_t regex_kernel(uint32_t rounds) {
    static char const* const patterns[] = {
        "\\d+\\.\\d+\\.\\d+\\.\\d+",
        "^GET /[a-z]+/[^ ]* ",
        " 5\\d\\d ",
        "[a-z]+=[0-9a-f]+&?.*$",
        "user.*item.*7"
    };
    uint32_t seed = 23;
    for (int i = 0; i < lines; ++i)
        snprintf(
            log_lines[i],
            width,
            "%s /%s/%u?user=%x&item=%u %u 10.%u.%u.%u",
            next_random(&seed) % 3 ? "GET" : "POST",
            next_random(&seed) % 2 ? "shop" : "api2",
            next_random(&seed) % 999,
            next_random(&seed) % 65536,
            next_random(&seed) % 999,
            200 + next_random(&seed) % 4 * 100,
            next_random(&seed) % 256,
            next_random(&seed) % 256,
            next_random(&seed) % 256
        );
    uint64_t sum = 1;
    while (rounds-- > 0)
        for (int i = 0; i < lines; ++i)
            for (unsigned k = 0; k < sizeof patterns / sizeof *patterns; ++k)
                sum = mix(sum, match(patterns[k], log_lines[i]));
    return sum;
}
