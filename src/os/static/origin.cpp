// For static programs of glibc: at each start it asks the system where the program lies, in case
// something is loaded from beside it later. Nothing ever is; the question cost 0.1 ms of a start.

#include <cstdint>

// What glibc itself answers with where the system does not tell (elf/dl-origin.c).
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,*-naming)
extern "C" char const* _dl_get_origin() {
    // Safety: compared, never read.
    return reinterpret_cast<char const*>(~std::uintptr_t{0}); // NOLINT(performance-no-int-to-ptr)
}
