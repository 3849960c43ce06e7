// A library rather than a command: functions that a host calls by name after _initialize.

static int initialised = 0;

__attribute__((constructor)) static void initialise(void) { initialised = 40; }

__attribute__((export_name("add"))) int add(int left, int right) { return left + right; }

__attribute__((export_name("answer"))) int answer(void) { return initialised + 2; }

__attribute__((export_name("half"))) double half(double value) { return value / 2; }

__attribute__((export_name("fail"))) int fail(void) { __builtin_trap(); }
