#pragma once

// A key on P-384 in a token, reached through a PKCS #11 module. Nothing here makes or changes
// anything in the token.

#include "base/view.hpp"
#include "base/wire.hpp"
#include "os/failure.hpp"
#include "protocol/signer/message.hpp"

#include <memory>
#include <string>

namespace signer {

struct TokenWish {
    std::string module; // path of the shared object
    std::string token;  // its label
    std::string key;    // label of the private key, and of its public key
    std::string pin_place;
};

class Token {
public:
    // Failures: signer-unusable, signer-pin-refused. The PIN is tried once, and not where the token
    // says that this would be the last try.
    static os::OrFailure<Token> open(TokenWish const& wish);

    Token(Token&&) noexcept;
    Token& operator=(Token&&) = delete;
    Token(Token const&) = delete;
    Token& operator=(Token const&) = delete;
    ~Token();

    using Point = base::Bytes<protocol::signer::point_size>;
    using Signature = base::Bytes<protocol::signer::signature_size>;

    Point const& point() const { return point_; }
    // ECDSA with SHA-384, both made by the token. Failure signer-unavailable.
    os::OrFailure<Signature> sign(base::View message);

private:
    struct Inside;
    explicit Token(std::unique_ptr<Inside> inside);

    std::unique_ptr<Inside> inside_;
    Point point_{};
};

} // namespace signer
