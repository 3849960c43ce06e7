#pragma once

// The rules on the certification requests of Enarx; those on the evidence inside are those of its
// technology.

#include "attest/common_rules.hpp"

#include <array>

namespace attest::csr::rules {

// The request.
inline constexpr Rule form{
    "csr.form",
    "It is a PKCS #10 request in DER with no attribute but extensionRequest, and nothing follows.",
    "RFC 2986, 4; RFC 2985, 5.4.2",
    Level::Always
};
inline constexpr Rule signature{
    "csr.signature",
    "The key that asks for the certificate signed the request.",
    "RFC 2986, 4.2",
    Level::Always
};
inline constexpr Rule evidence{
    "csr.evidence",
    "The request has one extension, which is one of Enarx with evidence.",
    "Enarx, 1.3.6.1.4.1.58270.1",
    Level::Always
};
inline constexpr Rule hardware{
    "csr.hardware",
    "The evidence is of hardware: that of a Keep on plain KVM proves nothing.",
    "Enarx, 1.3.6.1.4.1.58270.1.1",
    Level::Always
};
inline constexpr Rule evidence_form{
    "csr.evidence-form",
    "The evidence has the form that Enarx gives to it, and the endorsements in it are well-formed.",
    "Enarx, 1.3.6.1.4.1.58270.1.2 and .3",
    Level::Always
};
inline constexpr Rule key{
    "csr.key",
    "The key is on the curve of the evidence: P-256 with SGX, P-384 with SEV-SNP.",
    "Enarx, 1.3.6.1.4.1.58270.1.2 and .3",
    Level::Authentic
};
inline constexpr Rule binding{
    "csr.binding",
    "The report data are the digest of the request's public key, SHA-256 with SGX and SHA-384 with "
    "SEV-SNP, followed by zeros.",
    "Enarx, 1.3.6.1.4.1.58270.1.2 and .3",
    Level::Always
};

inline constexpr std::array all{
    &attest::rules::kind_accepted,
    &form,
    &signature,
    &evidence,
    &hardware,
    &evidence_form,
    &key,
    &binding,
    &attest::rules::expectations_compared,
};

} // namespace attest::csr::rules
