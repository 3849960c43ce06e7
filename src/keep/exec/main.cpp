// exec: runs one WebAssembly application as the launch block at descriptor 3 orders it, and ends as
// it does.

#include "keep/exec/workload/exec.hpp"

#include <unistd.h>

int main() {
    // Nothing is taken apart: the system takes all memory back at once.
    ::_exit(exec::exec());
}
