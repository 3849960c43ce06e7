// A CPUID page of any content, as a host proposes it and a firmware that checks nothing would pass
// it on. Expected: an answer for every leaf that is in the page's form, with what the architecture
// fixes as it is fixed.

#include "keep/shim/snp/cpuid_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace {

struct Question {
    std::uint32_t leaf;
    std::uint32_t subleaf;
    std::uint32_t cpu;
    std::uint64_t xcr0;
};

constexpr std::uint32_t legacy_state = 0x240; // of XSAVE, header included
constexpr std::uint32_t avx_state = 0x340;

bool right(shim::Cpuid const& answer, Question const& asked) {
    if (asked.leaf == 1)
        return answer.ebx >> 24 == (asked.cpu & 0xff) && (answer.ecx >> 27 & 1) != 0;
    if (asked.leaf == 7 && asked.subleaf == 0) return (answer.ecx >> 4 & 1) == 0;
    if (asked.leaf == 0xb) return answer.edx == asked.cpu;
    if (asked.leaf == 0x8000'001e) return answer.eax == asked.cpu;
    if (asked.leaf != 0xd || asked.subleaf != 0) return true;
    auto const least = (asked.xcr0 & 4) != 0 ? avx_state : legacy_state;
    bool const exact = shim::snp::fixed_state(asked.xcr0);
    return (exact ? answer.ebx == least : answer.ebx >= least) && answer.ecx >= answer.ebx;
}

// Beside the one that is given: those of which something is known.
void ask(shim::snp::CpuidTable const& table, Question asked) {
    for (std::uint32_t const leaf : {asked.leaf, 1U, 7U, 0xbU, 0xdU, 0x8000'001eU})
        for (std::uint32_t const subleaf : {asked.subleaf, 0U, 1U, 2U}) {
            Question const one{leaf, subleaf, asked.cpu, asked.xcr0};
            auto const answer = table.answer(leaf, subleaf, {.cpu = one.cpu, .xcr0 = one.xcr0});
            if (!right(answer, one)) std::abort();
        }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    Question asked{};
    hw::snp::CpuidPage page{};
    // Safety: both are plain bytes of their own size.
    std::memcpy(&asked, data, std::min(size, sizeof asked));
    if (size > sizeof asked)
        std::memcpy(&page, data + sizeof asked, std::min(size - sizeof asked, sizeof page));
    asked.xcr0 |= 3; // x87 and SSE are always enabled
    shim::snp::CpuidTable table;
    bool const taken = table.take(page).has_value();
    if (taken != (page.count <= hw::snp::most_cpuid_functions)) std::abort();
    if (taken) ask(table, asked);
    return 0;
}
