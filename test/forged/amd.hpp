#pragma once

// An AMD of our own: ARK, ASK, VCEK or VLEK, revocation list and report, of which a test breaks one
// part.

#include "attest/testing/appraise.hpp"
#include "forge.hpp"

namespace forged {

struct Amd {
    // All of it good under `strict`, and consistent; what is signed is signed by run().
    static Amd good(hw::snp::Product product, bool vlek = false, Time at = usual_time);

    attest::Appraisal run() const;
    Bytes signed_leaf() const;
    Bytes signed_report() const;
    attest::Roots roots() const;
    Bytes root() const; // DER
    // All but the leaf.
    attest::Endorsements endorsements() const;
    std::vector<Bytes> endorsement_files() const;

    hw::snp::Product product{};
    bool vlek = false;
    CertificateForm ark, ask, leaf;
    hw::snp::Tcb leaf_tcb;
    Bytes hwid;
    std::string csp_id = "a provider";
    bool with_ask = true;
    bool with_list = true;
    bool pin_ark = true;
    attest::Purposes pinned_for;
    ListForm list;
    hw::snp::AttestationReport report{};
    KeyKind leaf_kind = KeyKind::P384;
    // Who signs; the right one unless told.
    bool ask_by_stranger = false;
    bool leaf_by_stranger = false;
    bool list_by_stranger = false;
    bool report_by_stranger = false;
    bool damage_signature_padding = false;
    Bytes trailing;  // behind the report
    Bytes bystander; // one more endorsement

    attest::Kinds kinds = attest::Kinds::all();
    attest::Policy policy = attest::Policy::strict();
    attest::Expected expected = attest::testing::unbound();
    Time at;
};

// The TCB in the order of the product.
hw::snp::TcbVersion encoded(hw::snp::Tcb const& tcb, hw::snp::Product product);

} // namespace forged
