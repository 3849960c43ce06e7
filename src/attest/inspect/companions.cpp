#include "attest/inspect/companions.hpp"

#include "attest/appraisal.hpp"
#include "attest/inspect/known_issuers.hpp"

namespace attest::inspect {

namespace {

// `enarx inspect` knows no time, and asks nothing of firmware or configuration.
Policy policy_of_inspection() {
    auto out = Policy::authentic();
    for (auto const* id :
         {"snp.chain.validity",
          "dcap.chain.validity",
          "dcap.signing.validity",
          "dcap.collateral.issued",
          "dcap.tcb.revoked",
          "nitro.chain.validity",
          "nitro.document.time"})
        if (auto const* rule = find_rule(id)) out.set(*rule, false);
    return out;
}

Roots roots_with(Artefacts beside) {
    auto out = Roots::builtin();
    for (auto const* file : of_kind(beside, Kind::TrustKeys))
        if (auto keys = parse_trust_keys(file->bytes, file->source))
            for (auto& key : *keys) out.trust(std::move(key));
    return out;
}

} // namespace

std::vector<Artefact const*> of_kind(Artefacts beside, Kind kind) {
    std::vector<Artefact const*> out;
    for (auto const& artefact : beside)
        if (recognise(artefact.bytes, artefact.bytes.size()) == kind) out.push_back(&artefact);
    return out;
}

Endorsements issuers(Artefacts beside) {
    Endorsements out;
    // What does not parse is said where that file itself is described.
    for (auto const kind :
         {Kind::Certificates, Kind::RevocationList, Kind::Collateral, Kind::Bundle})
        for (auto const* file : of_kind(beside, kind)) (void)out.add(file->bytes, file->source);
    for (auto const& issuer : known_issuers()) (void)out.add(issuer.der, std::string{issuer.name});
    return out;
}

Inquiry::Inquiry(Artefacts beside)
    : endorsements_{issuers(beside)},
      roots_{roots_with(beside)},
      policy_{policy_of_inspection()},
      expected_{.report_data = ReportData::unbound(), .measurements = Measurements::unbound()} {}

Request Inquiry::request(base::View evidence) const {
    return {
        .evidence = evidence,
        .endorsements = endorsements_,
        .roots = roots_,
        .policy = policy_,
        .expected = expected_,
        .at = {}
    };
}

} // namespace attest::inspect
