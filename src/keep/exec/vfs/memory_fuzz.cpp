// Drives the memory mount and a simple model of it alike, by operations made of arbitrary bytes;
// each answer must agree.

#include "keep/exec/vfs/memory.hpp"
#include "keep/exec/vfs/test/model.hpp"
#include "keep/exec/vfs/test/operations.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace exec::vfs;

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    test::Driver memory{make_memory({.now = [] { return 1; }})};
    test::Driver model{
        std::make_unique<test::ModelDirectory>(std::make_shared<test::Node>(FileType::Directory))
    };
    test::Input input{{data, size}};
    while (!input.empty()) {
        auto const operation = test::make_operation(input);
        auto const answer = memory.apply(operation);
        auto const expected = model.apply(operation);
        if (answer == expected) continue;
        std::fprintf(
            stderr,
            "%s: \"%.200s\" instead of \"%.200s\"\n",
            test::describe(operation).c_str(),
            answer.c_str(),
            expected.c_str()
        );
        std::abort();
    }
    return 0;
}
