#pragma once

// COSE_Sign1 (RFC 9052, 4.2): one signer, the payload inside.

#include "attest/cose/algorithm.hpp"
#include "base/result.hpp"
#include "crypto/malformed.hpp"
#include "crypto/public_key.hpp"

#include <optional>

namespace attest::cose {

class Sign1 {
public:
    // `in`: the array of four, with or without tag 18 before it, and nothing behind it. The
    // protected header holds the algorithm and nothing else; the unprotected one is empty: a
    // parameter that nobody here knows could change what the signature means. Offsets of errors
    // count from the start of `in`.
    static base::Result<Sign1, crypto::Malformed> parse(base::View in);

    // What the protected header says; empty where it is none of those above.
    std::optional<Algorithm> algorithm() const { return algorithm_; }
    std::int64_t algorithm_number() const { return number_; }
    base::View payload() const { return payload_; }
    std::size_t payload_offset() const { return payload_offset_; } // from the start of `in`
    std::size_t signature_offset() const { return signature_offset_; }

    // Whether `key` signed it, with the algorithm that the header names, and with no external data.
    bool verified_by(crypto::PublicKey const& key) const;

private:
    Sign1() = default;

    base::View protected_;
    base::View payload_;
    base::View signature_;
    std::size_t payload_offset_ = 0;
    std::size_t signature_offset_ = 0;
    std::int64_t number_ = 0;
    std::optional<Algorithm> algorithm_;
};

} // namespace attest::cose
