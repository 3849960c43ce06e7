#pragma once

// Whether a certificate of AMD descends from its root and is not revoked.
//
// That says nothing of any Keep: such certificates are public, and whoever was asked for evidence
// can send one. So this has a class of its own, as evidence without hardware has: no Appraisal, no
// Claims, and a sentence that goes with every answer.

#include "attest/appraisal.hpp"

namespace attest::certificate {

// To be shown with every answer of check().
inline constexpr std::string_view warning =
    "A certificate is an endorsement, which anybody can download. It is no evidence of a Keep.";

class Check;
// `request.evidence`: the certificate in DER. Values to compare with leave it undecided, since
// there is nothing in a certificate to compare them with; which kinds are accepted is not asked.
Check check(Request const& request);

class Check {
public:
    Verdict verdict() const { return verdict_; }
    std::vector<Finding> const& findings() const { return findings_; }
    // The commonName; empty where the bytes are no certificate.
    std::string const& subject() const { return subject_; }

private:
    Check(std::vector<Finding> findings, std::string subject)
        : findings_{std::move(findings)},
          verdict_{verdict_of(findings_)},
          subject_{std::move(subject)} {}
    friend Check check(Request const& request);

    std::vector<Finding> findings_;
    Verdict verdict_;
    std::string subject_;
};

// Whether bytes look like a certificate of AMD.
bool looks_like(base::View bytes);

// Those that check() judges by.
Rules rules();

} // namespace attest::certificate
