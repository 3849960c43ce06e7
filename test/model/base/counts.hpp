// What a run cost, as counts, which are those of real silicon where times are not: written to the
// file that TEE_MODEL_COUNTS names when the target has ended.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace model {

enum class Count : std::uint8_t {
    Measured,  // pages that the launch adds, VMSAs among them
    Runs,      // KVM_RUN: exits to user space are as many
    Requests,  // by the GHCB, its MSR among them
    Faults,    // of the nested walk: private pages that were not assigned before they were used
    Validated, // pages that PVALIDATE made the guest's
    Rescinded,
    Intercepted, // #VC of intercepts
    Messages,    // to the secure processor
    Eof
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(Count::Eof)> count_names = {
    "measured", "runs", "requests", "faults", "validated", "rescinded", "intercepted", "messages"
};

inline std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Count::Eof)> counts;

inline void count(Count what) { ++counts.at(static_cast<std::size_t>(what)); }

inline void write_counts() {
    char const* const path = std::getenv("TEE_MODEL_COUNTS");
    std::FILE* const file = path == nullptr ? nullptr : std::fopen(path, "we");
    if (file == nullptr) return;
    for (std::size_t i = 0; i < counts.size(); ++i)
        std::fprintf(file, "%s %lu\n", count_names.at(i).data(), counts.at(i).load());
    std::fclose(file);
}

} // namespace model
