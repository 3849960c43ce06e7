// A JSON text, written into a buffer and parsed again by recursive descent; the parser counts and
// sums what it meets.

#include "kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { room = 1 << 16 };

static char text[room];

struct Parser {
    char const* next;
    uint64_t sum;
    int broken;
};

static void value(struct Parser* parser);

static void skip_space(struct Parser* parser) {
    while (*parser->next == ' ' || *parser->next == '\n') ++parser->next;
}

static int take(struct Parser* parser, char expected) {
    skip_space(parser);
    if (*parser->next != expected) return 0;
    ++parser->next;
    return 1;
}

static void string(struct Parser* parser) {
    if (!take(parser, '"')) parser->broken = 1;
    for (; *parser->next && *parser->next != '"'; ++parser->next) {
        if (*parser->next == '\\') ++parser->next;
        parser->sum = parser->sum * 33 + (uint8_t)*parser->next;
    }
    if (!take(parser, '"')) parser->broken = 1;
}

static void number(struct Parser* parser) {
    char* end;
    double const found = strtod(parser->next, &end);
    parser->broken |= end == parser->next;
    parser->next = end;
    parser->sum = mix(parser->sum, (uint64_t)(int64_t)(found * 1000.0));
}

static void members(struct Parser* parser, char closing) {
    if (take(parser, closing)) return;
    do {
        if (closing == '}') {
            skip_space(parser);
            string(parser);
            if (!take(parser, ':')) parser->broken = 1;
        }
        value(parser);
    } while (!parser->broken && take(parser, ','));
    if (!take(parser, closing)) parser->broken = 1;
}

static int word(struct Parser* parser, char const* expected) {
    size_t const length = strlen(expected);
    if (strncmp(parser->next, expected, length) != 0) return 0;
    parser->next += length;
    parser->sum = mix(parser->sum, length);
    return 1;
}

static void value(struct Parser* parser) {
    skip_space(parser);
    if (take(parser, '{'))
        members(parser, '}');
    else if (take(parser, '['))
        members(parser, ']');
    else if (*parser->next == '"')
        string(parser);
    else if (!word(parser, "true") && !word(parser, "false") && !word(parser, "null"))
        number(parser);
}

static void write_text(uint32_t* seed) {
    int used = snprintf(text, room, "[\n");
    for (int i = 0; i < 150; ++i)
        used += snprintf(
            text + used,
            (size_t)(room - used),
            "{\"id\": %d, \"name\": \"item \\\"%u\\\"\", \"price\": %u.%02u, \"tags\": [\"a\", "
            "\"%x\"], "
            "\"open\": %s, \"none\": null},\n",
            i,
            next_random(seed),
            next_random(seed) % 1000,
            next_random(seed) % 100,
            next_random(seed),
            next_random(seed) % 2 ? "true" : "false"
        );
    snprintf(text + used, (size_t)(room - used), "{}]\n");
}

uint64_t json_kernel(uint32_t rounds) {
    uint64_t sum = 1;
    uint32_t seed = 17;
    while (rounds-- > 0) {
        write_text(&seed);
        struct Parser parser = {.next = text};
        value(&parser);
        if (parser.broken) return 0;
        sum = mix(sum, parser.sum);
    }
    return sum;
}
