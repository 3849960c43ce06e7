// Whatever the text: lists of pages are read, or refused with a place, for both kinds of guests.

#include "attest/measure/snp_pages.hpp"
#include "attest/measure/td_pages.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const text{reinterpret_cast<std::byte const*>(data), size};
    auto const snp = attest::measure::parse_snp_pages(text, "fuzz");
    if (snp)
        for (auto const& one : *snp) (void)one.digest();
    else if (snp.error().offset > size)
        __builtin_trap();
    auto const td = attest::measure::parse_td_pages(text, "fuzz");
    if (!td && td.error().offset > size) __builtin_trap();
    return 0;
}
