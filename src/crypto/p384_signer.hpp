#pragma once

// Who signs as an authority: a key of this process, or one that it only asks.

#include "crypto/ec_signing_key.hpp"
#include "os/failure.hpp"

namespace crypto {

class P384Signer {
public:
    virtual ~P384Signer() = default;
    P384Signer(P384Signer const&) = delete;
    P384Signer& operator=(P384Signer const&) = delete;

    virtual std::vector<std::byte> public_key() const = 0; // SubjectPublicKeyInfo
    // ECDSA with SHA-384. `content`: a certificate or revocation list as it is to be signed.
    virtual os::OrFailure<P384Signature> sign(base::View content) const = 0;

protected:
    P384Signer() = default;
};

class OwnP384Signer final : public P384Signer {
public:
    explicit OwnP384Signer(P384SigningKey key) : key_{std::move(key)} {}

    std::vector<std::byte> public_key() const override { return key_.public_key(); }
    os::OrFailure<P384Signature> sign(base::View content) const override {
        auto out = key_.sign(content);
        if (!out)
            return std::unexpected(
                os::Failure{.name = "internal", .text = "a certificate could not be signed"}
            );
        return *std::move(out);
    }

private:
    P384SigningKey key_;
};

} // namespace crypto
