#pragma once

// An AWS of our own: root, zone, leaf and an attestation document, of which a test breaks one part.

#include "attest/testing/appraise.hpp"
#include "forge.hpp"

#include <map>

namespace forged {

struct Nitro {
    // A document, all of it good under `strict`; what is signed is signed by run().
    static Nitro good();

    attest::Appraisal run() const;

    CertificateForm root, zone, leaf;
    std::string module_id = "i-0123456789abcdef0-enc0123456789abcd";
    std::string digest = "SHA384";
    Time timestamp;
    std::map<std::uint64_t, Bytes> pcrs;
    std::optional<Bytes> public_key, user_data, nonce;
    std::int64_t algorithm = es384;
    bool pin_root = true;
    bool with_zone = true; // in the bundle
    attest::Purposes pinned_for{attest::Purpose::Aws};
    bool zone_by_stranger = false, leaf_by_stranger = false, document_by_stranger = false;
    bool other_field = false; // one that nobody knows
    bool twice = false;       // the nonce
    bool indefinite = false;  // maps and arrays without a count, up to a break
    bool endless = false;     // the outermost break is missing

    attest::Policy policy = attest::Policy::strict();
    attest::Expected expected = attest::testing::unbound();
    Time at;
};

} // namespace forged
