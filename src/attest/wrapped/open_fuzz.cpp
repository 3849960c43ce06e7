// Whatever a wrapper holds: what is taken out of it is of some kind of evidence, and fits into it.

#include "attest/appraisal.hpp"
#include "attest/wrapped/open.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const bytes = std::as_bytes(std::span{data, size});
    auto const opened = attest::wrapped::open(bytes);
    if (!opened) return 0;
    if (!attest::recognise(opened->evidence)) __builtin_trap();
    if (opened->evidence.size() > size || opened->where.empty()) __builtin_trap();
    attest::Endorsements endorsements;
    for (auto const& [content, where] : opened->endorsements) {
        if (content.size() > size) __builtin_trap();
        (void)endorsements.add(content, where);
    }
    return 0;
}
