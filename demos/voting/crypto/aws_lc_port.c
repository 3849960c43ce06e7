// What the few files of AWS-LC that are built for WebAssembly ask of the rest of it: a queue of
// errors, which nobody reads here, because the functions that are used answer by their return value.

void ERR_put_error(int library, int unused, int reason, char const* file, unsigned line);

void ERR_put_error(int library, int unused, int reason, char const* file, unsigned line) {
    (void)library;
    (void)unused;
    (void)reason;
    (void)file;
    (void)line;
}
