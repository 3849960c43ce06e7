#pragma once

// How long each phase of a start took.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exec {

std::uint64_t monotonic_ns();

// Costs nothing but a null check unless it was asked for.
class Timings {
public:
    // `started_ns`: when the command started, on the same clock; nothing: no timings are wanted.
    Timings(std::optional<std::uint64_t> started_ns, std::uint64_t exec_started_ns);

    // The phase that ends now.
    void mark(std::string_view phase);

    // The table; empty if no timings are wanted.
    std::string table() const;

private:
    struct Phase {
        std::string_view name;
        std::uint64_t end_ns;
    };
    std::optional<std::uint64_t> started_ns_;
    std::vector<Phase> phases_;
};

} // namespace exec
