// A guest of a few lines, in a kernel's place: what a host's lies and the order of its processors do
// to a guest whose every step is known. All its processors begin alike, as a Keep's do.
//
// The first to come prepares the memory that guest and host share; then each says its name, and the
// first ends the guest. Its command line is the number of processors.
typedef unsigned char byte;
typedef unsigned short half;
typedef unsigned int word;
typedef unsigned long quad;

enum { shared = 0x800000, pages = 32, data = 0x810000, most = 16 };
static word arrived __attribute__((used)), ready, greeted, lock;
static byte stacks[most][4096] __attribute__((aligned(4096), used));
// What nobody may find outside: it stands here in another shape.
static char const volatile hidden[] = "ekrat si siht ,tnetnoc yreve 42 X";
static char volatile secret[32];

__asm__(".section .text.start, \"ax\"\n"
        "start:\n"
        "mov $1, %eax\n"
        "lock xadd %eax, arrived(%rip)\n"
        "mov %eax, %edi\n"
        "inc %eax\n"
        "shl $12, %eax\n"
        "lea stacks(%rip), %rsp\n"
        "add %rax, %rsp\n"
        "call begin\n"
        ".text\n");

static void write_msr(quad value) {
    __asm__ volatile("wrmsr" ::"c"(0xc0010130), "a"((word)value), "d"((word)(value >> 32)));
}
static quad read_msr(void) {
    word low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(0xc0010130));
    return (quad)high << 32 | low;
}
static void leave(void) { __asm__ volatile("rep; vmmcall" ::: "memory"); }

static void end(quad code) {
    for (;;) {
        write_msr(code << 16 | 2 << 12 | 0x100);
        leave();
    }
}

static quad ask(quad request, quad answer) {
    write_msr(request);
    leave();
    quad const said = read_msr();
    if ((said & 0xfff) != answer) end(1);
    return said;
}

// Gives a page away: it is rescinded, then the host is told.
static void share(quad page) {
    byte same;
    word result;
    __asm__ volatile(".byte 0xf2, 0x0f, 0x01, 0xff" : "=@ccc"(same), "=a"(result) : "a"(page), "c"(0), "d"(0) : "memory");
    if (same || result) end(2);
    if (ask(2UL << 52 | page | 0x014, 0x015) >> 32) end(3);
}

static void put(byte* ghcb, word at, quad value) {
    *(quad volatile*)(ghcb + at) = value;
    ghcb[0x3f0 + at / 64] |= 1 << (at / 8 % 8);
}

static void out(word number, half port, byte value) {
    byte* const ghcb = (byte*)(shared + number * 4096UL);
    *(half volatile*)(ghcb + 0xffa) = 2;
    put(ghcb, 0x390, 0x7b);
    put(ghcb, 0x398, (quad)port << 16 | 0x210);
    put(ghcb, 0x3a0, 0);
    put(ghcb, 0x1f8, value);
    write_msr((quad)ghcb);
    leave();
    if (*(quad volatile*)(ghcb + 0x398)) end(4);
}

static void say(word number, char const* text) {
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE)) __builtin_ia32_pause();
    for (; *text; ++text) out(number, 0x3f8, *text);
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

static void number(char* to, quad value) {
    for (int i = 0; i < 8; ++i) to[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
}

static void prepare(void) {
    for (quad page = 0; page < pages; ++page) share(shared + page * 4096);
    quad* const directory = (quad*)0x3000; // of the first GiB, 2 MiB each
    directory[shared >> 21] &= ~(1UL << 51);
    quad root;
    __asm__ volatile("mov %%cr3, %0; mov %0, %%cr3" : "=r"(root)::"memory");
    __atomic_store_n(&ready, 1, __ATOMIC_RELEASE);
}

static void first(word all) {
    for (int i = 0; i < 32; ++i) secret[i] = hidden[i] ^ 1;
    for (int i = 0; i < 32; ++i) ((byte volatile*)data)[64 + i] = secret[31 - i];
    char line[] = "read ........\n";
    for (int i = 0; i < 3; ++i) {
        number(line + 5, *(quad volatile*)data);
        say(0, line);
    }
    quad drawn;
    __asm__ volatile("1: rdrand %0; jnc 1b" : "=r"(drawn)::"cc");
    char random[] = "random ........\n";
    number(random + 7, drawn);
    say(0, random);
    while (__atomic_load_n(&greeted, __ATOMIC_ACQUIRE) < all) __builtin_ia32_pause();
    for (quad i = 0; i < 10000000 && *(quad volatile*)(data + 8) == 1; ++i) out(0, 0x80, 0);
    say(0, "the end\n");
    out(0, 0x64, 0xfe);
    end(5);
}

void begin(word order) {
    word const all = *(byte*)0x20000 - '0';
    if (order == 0) prepare();
    while (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE)) __builtin_ia32_pause();
    quad root;
    __asm__ volatile("mov %%cr3, %0; mov %0, %%cr3" : "=r"(root)::"memory");
    quad const page = shared + order * 4096UL;
    if (ask(page | 0x012, 0x013) != (page | 0x013)) end(6);
    char line[] = "processor .\n";
    line[10] = '0' + order;
    say(order, line);
    __atomic_fetch_add(&greeted, 1, __ATOMIC_RELEASE);
    if (order == 0) first(all);
    for (;;) __builtin_ia32_pause();
}
