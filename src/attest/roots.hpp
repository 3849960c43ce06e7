#pragma once

// The vendors' root certificates: where every chain must end.

#include "attest/endorsements.hpp"
#include "attest/trust_key.hpp"

#include <array>

namespace attest {

enum class Vendor : std::uint8_t { Amd, Intel, Aws };

// A root that is built in: its bytes, their SHA-256, and who publishes it where.
struct BuiltinRoot {
    std::string_view name;
    Vendor vendor;
    base::View der;
    std::string_view sha256;
    std::string_view source;
};

std::span<BuiltinRoot const> builtin_roots();

// Filled once, then only read: safe to share between threads.
class Roots {
public:
    static Roots builtin();
    // Only these, in the place of all that are built in.
    static Roots only(std::vector<Sourced<crypto::Certificate>> roots) {
        return Roots{std::move(roots)};
    }

    // Public keys that the relying party trusts besides: where a technology has no vendor's chain.
    void trust(TrustKey key) { keys_.push_back(std::move(key)); }

    std::span<Sourced<crypto::Certificate> const> certificates() const { return roots_; }
    std::span<TrustKey const> keys() const { return keys_; }
    bool contains(crypto::Certificate const& certificate) const;

private:
    explicit Roots(std::vector<Sourced<crypto::Certificate>> roots) : roots_{std::move(roots)} {}
    std::vector<Sourced<crypto::Certificate>> roots_;
    std::vector<TrustKey> keys_;
};

} // namespace attest
