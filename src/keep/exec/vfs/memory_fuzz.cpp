// Drives the memory mount and a simple model of it alike, by operations made of arbitrary bytes;
// each answer must agree.

#include "keep/exec/vfs/test/compare.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const difference = exec::vfs::test::disagreement({data, size});
    if (!difference) return 0;
    std::fprintf(stderr, "%s\n", difference->c_str());
    std::abort();
}
