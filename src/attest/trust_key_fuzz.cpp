// Whatever the bytes: keys that a relying party trusts are read or refused.

#include "attest/trust_key.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const bytes{reinterpret_cast<std::byte const*>(data), size};
    auto const keys = attest::parse_trust_keys(bytes, "fuzz");
    if (keys && (keys->empty() || !attest::looks_like_trust_keys(bytes))) __builtin_trap();
    if (!keys && keys.error().expected.empty()) __builtin_trap();
    return 0;
}
