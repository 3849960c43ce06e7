// What a run cost, as counts, which are those of real silicon where times are not: written to the
// file that TEE_MODEL_COUNTS names when the target has ended.
#pragma once
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace model {

enum class Count : std::uint8_t {
    Measured,   // pages that the launch adds, VMSAs among them
    Runs,       // KVM_RUN: exits to user space are as many
    Requests,   // by the GHCB, its MSR among them
    Faults,     // of the nested walk: private pages that were not assigned before they were used
    Pvalidates, // instructions, whatever came of them; guest_memfd gives 4 KiB at a time, so one is
                // a page
    Validated,  // pages that PVALIDATE made the guest's
    Rescinded,
    Intercepted, // #VC of intercepts
    Messages,    // to the secure processor
    Eof
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(Count::Eof)> count_names = {
    "measured",
    "runs",
    "requests",
    "faults",
    "pvalidates",
    "validated",
    "rescinded",
    "intercepted",
    "messages"
};

inline std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Count::Eof)> counts;

// Validated pages by 2 MiB of guest-physical memory: who knows a guest's layout sees what they were
// for. The last place has what lies above.
constexpr std::uint64_t place_size = 2 << 20;
inline std::array<std::atomic<std::uint64_t>, (64ULL << 30) / place_size + 1> validated_at;

inline void count(Count what) { ++counts.at(static_cast<std::size_t>(what)); }

inline void count_validated(std::uint64_t guest_physical) {
    count(Count::Validated);
    ++validated_at.at(std::min<std::size_t>(guest_physical / place_size, validated_at.size() - 1));
}

inline void write_counts() {
    char const* const path = std::getenv("TEE_MODEL_COUNTS");
    std::FILE* const file = path == nullptr ? nullptr : std::fopen(path, "we");
    if (file == nullptr) return;
    for (std::size_t i = 0; i < counts.size(); ++i)
        std::fprintf(file, "%s %lu\n", count_names.at(i).data(), counts.at(i).load());
    for (std::size_t i = 0; i < validated_at.size(); ++i)
        if (auto const pages = validated_at.at(i).load(); pages != 0)
            std::fprintf(file, "validated@0x%lx %lu\n", i * place_size, pages);
    std::fclose(file);
}

} // namespace model
