// Whatever the table says: each certificate lies within its bytes, and behind the table.

#include "attest/certificate_table.hpp"
#include "attest/endorsements.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const bytes = std::as_bytes(std::span{data, size});
    auto const entries = attest::parse_certificate_table(bytes);
    if (!entries) {
        if (entries.error().offset > size) __builtin_trap();
        return 0;
    }
    for (auto const& [content, offset] : *entries) {
        if (offset < 24 || content.size() > size - offset) __builtin_trap();
        if (content.data() != bytes.data() + offset) __builtin_trap();
    }
    attest::Endorsements endorsements;
    (void)endorsements.add(bytes, "fuzz");
    return 0;
}
