#pragma once

// The vendors' root certificates: where every chain must end, each for the evidence of its vendor.

#include "attest/endorsements.hpp"
#include "attest/purpose.hpp"
#include "attest/trust_key.hpp"

namespace attest {

// A root that is built in: its bytes, their SHA-256, and who publishes it where.
struct BuiltinRoot {
    std::string_view name;
    Purpose purpose;
    base::View der;
    std::string_view sha256;
    std::string_view source;
};

std::span<BuiltinRoot const> builtin_roots();

// Filled once, then only read: safe to share between threads.
class Roots {
public:
    static Roots builtin();
    // Those that add() and trust() name, and no other.
    static Roots none() { return {}; }
    // Only these, in the place of all that are built in.
    static Roots only(std::vector<Sourced<crypto::Certificate>> const& roots, Purposes purposes);

    // A root that ends chains of these purposes and of no other.
    void add(Sourced<crypto::Certificate> const& root, Purposes purposes);

    // Public keys that the relying party trusts besides: where a technology has no vendor's chain.
    void trust(TrustKey key) { keys_.push_back(std::move(key)); }

    std::span<Sourced<crypto::Certificate> const> of(Purpose purpose) const {
        return by_purpose_[static_cast<std::size_t>(purpose)];
    }
    // Of any purpose: to tell what something is, never to end a chain.
    std::span<Sourced<crypto::Certificate> const> all() const { return all_; }
    bool contains(crypto::Certificate const& certificate, Purpose purpose) const {
        return pinned_for(certificate).contains(purpose);
    }
    Purposes pinned_for(crypto::Certificate const& certificate) const;
    std::span<TrustKey const> keys() const { return keys_; }

private:
    Roots() = default;

    std::array<std::vector<Sourced<crypto::Certificate>>, all_purposes.size()> by_purpose_;
    std::vector<Sourced<crypto::Certificate>> all_;
    std::vector<TrustKey> keys_;
};

} // namespace attest
