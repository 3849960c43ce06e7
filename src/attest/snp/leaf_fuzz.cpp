// Whatever the bytes: AMD's extensions of a certificate are read or refused, with views that stay
// inside of it.

#include "attest/snp/leaf.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    auto const certificate =
        crypto::Certificate::parse({reinterpret_cast<std::byte const*>(data), size});
    if (!certificate) return 0;
    auto const leaf = attest::snp::parse_leaf(*certificate);
    if (!leaf) {
        if (leaf.error().offset > size) __builtin_trap();
        return 0;
    }
    if (attest::snp::leaf_kind(*certificate) != leaf->kind) __builtin_trap();
    if (leaf->hwid.size() > 64) __builtin_trap();
    return 0;
}
