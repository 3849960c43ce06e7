// Whatever the bytes: Intel's documents are read or refused.

#include "attest/endorsements.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    attest::Endorsements endorsements;
    auto const added = endorsements.add({reinterpret_cast<std::byte const*>(data), size}, "fuzz");
    for (auto const& [document, source] : endorsements.collateral())
        if (!added || document.signed_part().content.size() > size) __builtin_trap();
    return 0;
}
