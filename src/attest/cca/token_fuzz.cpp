// Whatever the bytes: a CCA token and its two sets of claims are read or refused.

#include "attest/cca/token.hpp"

namespace {

// An error of each parser lies inside of what it read.
template <class T> void expect_inside(T const& parsed, std::size_t size) {
    if (!parsed && parsed.error().offset > size) __builtin_trap();
}

void read_claims(base::View payload) {
    expect_inside(attest::cca::parse_platform(payload), payload.size());
    auto const realm = attest::cca::parse_realm(payload);
    expect_inside(realm, payload.size());
    if (realm) (void)attest::cca::realm_key(realm->public_key);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const bytes{reinterpret_cast<std::byte const*>(data), size};
    auto const token = attest::cca::parse_collection(bytes);
    expect_inside(token, size);
    if (!token) {
        read_claims(bytes);
        return 0;
    }
    if (token->platform_offset > size || token->realm_offset > size) __builtin_trap();
    read_claims(token->platform.payload());
    read_claims(token->realm.payload());
    return 0;
}
