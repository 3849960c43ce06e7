#pragma once

// A JWS in compact form (RFC 7515, 7.1), as JSON Web Tokens are signed: header, payload and
// signature in base64url with a point between them.

#include "attest/cose/algorithm.hpp"
#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"

#include <optional>
#include <string>
#include <vector>

namespace attest::jose {

class Jws {
public:
    // The text and nothing behind it. The header is a JSON object with `alg`; one with `crit` is
    // refused, since what it asks for is not known here. Offsets of errors count from the start of
    // `text`, which outlives the Jws.
    static base::Result<Jws, crypto::Malformed> parse(std::string_view text);

    // The protected header: a JSON object, each name in it once.
    std::string_view header() const { return header_; }
    // What `alg` says; `none` and all others that are not ECDSA have no Algorithm.
    std::string const& algorithm_name() const { return algorithm_name_; }
    std::optional<cose::Algorithm> algorithm() const { return algorithm_; }
    base::View payload() const { return payload_; }
    std::size_t payload_offset() const { return payload_offset_; }     // in the text
    std::size_t signature_offset() const { return signature_offset_; } // in the text

    // Whether `key` signed it, with the algorithm that the header names.
    bool verified_by(crypto::PublicKey const& key) const;

private:
    Jws() = default;
    base::Result<void, crypto::Malformed> parse_header();

    std::string_view signed_;
    std::string header_;
    std::string algorithm_name_;
    std::optional<cose::Algorithm> algorithm_;
    std::vector<std::byte> payload_;
    std::vector<std::byte> signature_;
    std::size_t payload_offset_ = 0;
    std::size_t signature_offset_ = 0;
};

// Whether text begins as the base64url of a JSON object does, with a point further on.
bool looks_like_jws(base::View bytes);

} // namespace attest::jose
