// The memory mount answers as the kernel's file systems do: the same arbitrary operations on both,
// every answer compared.

#include "keep/exec/vfs/host.hpp"
#include "keep/exec/vfs/memory.hpp"
#include "keep/exec/vfs/test/operations.hpp"
#include "os/temporary_directory.hpp"

#include <random>

#include <gtest/gtest.h>

namespace exec::vfs {
namespace {

using namespace test;

// Which of several errors a link is refused for depends on which of its two paths is looked at
// first; POSIX leaves that open.
bool alike(Operation const& operation, std::string const& one, std::string const& other) {
    bool const errors = one.starts_with("error") && other.starts_with("error");
    return one == other || (operation.kind == Kind::Link && errors);
}

void drive(std::uint32_t seed, std::size_t steps) {
    os::TemporaryDirectory const temporary;
    Driver host{*make_host(temporary.fd(), Access::ReadWrite)};
    Driver memory{make_memory({.now = [] { return 1; }})};
    std::mt19937 random{seed};
    for (std::size_t step = 0; step < steps; ++step) {
        std::array<std::uint8_t, 32> bytes{};
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
        Input input{bytes};
        auto const operation = make_operation(input);
        auto const expected = host.apply(operation);
        auto const answer = memory.apply(operation);
        ASSERT_TRUE(alike(operation, answer, expected))
            << answer << " instead of " << expected << ", "
            << "seed " << seed << " step " << step << ": " << describe(operation);
    }
}

TEST(Differential, memory_and_host_answer_arbitrary_operations_alike) {
    for (std::uint32_t seed = 1; seed <= 100; ++seed) {
        drive(seed, 1000);
        if (HasFatalFailure()) return;
    }
}

} // namespace
} // namespace exec::vfs
