// enarx: runs WebAssembly applications in Keeps.

#include "host/cli/program.hpp"
#include "os/standard_streams.hpp"

#include <string_view>
#include <vector>

#include <time.h>

int main(int argc, char** argv) {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    constexpr std::uint64_t second = 1'000'000'000;
    auto const started_ns =
        static_cast<std::uint64_t>(now.tv_sec) * second + static_cast<std::uint64_t>(now.tv_nsec);
    os::secure_descriptors();
    std::vector<std::string_view> const words(argv + (argc > 0 ? 1 : 0), argv + argc);
    return host::cli::run_program(words, started_ns);
}
