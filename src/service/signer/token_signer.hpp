#pragma once

// The authority's key where it lies in a token: `enarx-signer` is asked, and its answer is checked.

#include "crypto/p384_signer.hpp"
#include "service/signer/process.hpp"

namespace service {

class TokenSigner final : public crypto::P384Signer {
public:
    // `public_key`: the one that certificates name (SubjectPublicKeyInfo); the token has to have
    // the private half of just this.
    TokenSigner(SignerSettings const& settings, SignerRole role, std::vector<std::byte> public_key)
        : process_{settings, role}, public_key_{std::move(public_key)} {}

    // For a new authority: whichever key the token has. Starts it.
    static os::OrFailure<std::unique_ptr<TokenSigner>>
    begin(SignerSettings const& settings, SignerRole role);

    // Starts it, and looks whether it has the right key.
    os::OrFailure<void> check() const;

    std::vector<std::byte> public_key() const override { return public_key_; }
    os::OrFailure<crypto::P384Signature> sign(base::View content) const override;
    void tend() const { process_.tend(); }

private:
    mutable SignerProcess process_; // has a lock of its own
    std::vector<std::byte> public_key_;
};

} // namespace service
