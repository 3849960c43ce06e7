// The table of --timings.

#include "keep/exec/workload/timings.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace exec {

std::uint64_t monotonic_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return (static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000) +
           static_cast<std::uint64_t>(now.tv_nsec);
}

Timings::Timings(std::optional<std::uint64_t> started_ns, std::uint64_t exec_started_ns)
    : started_ns_{started_ns} {
    if (started_ns_)
        phases_.push_back({.name = "command, until exec starts", .end_ns = exec_started_ns});
}

void Timings::mark(std::string_view phase) {
    if (started_ns_) phases_.push_back({.name = phase, .end_ns = monotonic_ns()});
}

std::string Timings::table() const {
    if (!started_ns_) return {};
    auto row = [](std::string_view name, std::int64_t ns) {
        std::array<char, 96> line{};
        auto const length = std::snprintf(
            line.data(),
            line.size(),
            "  %-32.*s %10.3f ms\n",
            static_cast<int>(name.size()),
            name.data(),
            static_cast<double>(ns) / 1e6
        );
        return std::string{line.data(), static_cast<std::size_t>(length)};
    };
    std::string table = "enarx: timings\n";
    auto before = *started_ns_;
    for (auto const& phase : phases_) {
        table += row(phase.name, static_cast<std::int64_t>(phase.end_ns - before));
        before = phase.end_ns;
    }
    return table + row("all", static_cast<std::int64_t>(before - *started_ns_));
}

} // namespace exec
