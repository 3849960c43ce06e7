#include "attest/result/trust_vector.hpp"

#include <algorithm>
#include <array>

namespace attest::result {

namespace {

using enum Aspect;

struct Belongs {
    std::string_view prefix; // of rules' ids
    Aspect aspect;
};

// The first prefix that fits counts.
constexpr std::array table{
    Belongs{"snp.leaf.", InstanceIdentity},
    Belongs{"dcap.pck.", InstanceIdentity},
    Belongs{"dcap.certification.", InstanceIdentity},
    Belongs{"nitro.certificates.", InstanceIdentity},
    Belongs{"cca.platform.key", InstanceIdentity},
    Belongs{"cca.realm.key", InstanceIdentity},
    Belongs{"csr.", InstanceIdentity},
    Belongs{"snp.policy.debug", RuntimeOpaque},
    Belongs{"snp.policy.migration", RuntimeOpaque},
    Belongs{"sgx.attributes.debug", RuntimeOpaque},
    Belongs{"tdx.attributes.debug", RuntimeOpaque},
    Belongs{"tdx.attributes.migratable", RuntimeOpaque},
    Belongs{"nitro.enclave.debug", RuntimeOpaque},
    Belongs{"cca.platform.lifecycle", RuntimeOpaque},
    Belongs{"snp.measurement", Executables},
    Belongs{"sgx.measurement", Executables},
    Belongs{"tdx.measurement", Executables},
    Belongs{"nitro.measurement", Executables},
    Belongs{"cca.measurement", Executables},
    Belongs{"snp.policy.", Configuration},
    Belongs{"snp.platform.", Configuration},
    Belongs{"snp.vmpl", Configuration},
    Belongs{"sgx.attributes.", Configuration},
    Belongs{"tdx.attributes.", Configuration},
    Belongs{"snp.report.", Hardware},
    Belongs{"snp.chain.", Hardware},
    Belongs{"snp.crl.", Hardware},
    Belongs{"snp.tcb.", Hardware},
    Belongs{"dcap.", Hardware},
    Belongs{"tdx.module.", Hardware},
    Belongs{"nitro.document.", Hardware},
    Belongs{"nitro.chain.", Hardware},
    Belongs{"cca.", Hardware},
    Belongs{"endorsements.", Hardware},
};

// The rules on report data are about freshness, which is no aspect: the token's nonce tells it.
bool on_freshness(std::string_view id) { return id.ends_with("report-data"); }

std::optional<Aspect> aspect_of(Rule const& rule) {
    if (on_freshness(rule.id)) return {};
    auto const found = std::ranges::find_if(table, [&](Belongs const& row) {
        return rule.id.starts_with(row.prefix);
    });
    return found == table.end() ? std::nullopt : std::optional{found->aspect};
}

// What was not asked for by any policy takes nothing away.
bool silent(Finding const& finding) {
    return finding.outcome == Outcome::NotApplicable ||
           (finding.outcome == Outcome::Off && finding.rule->level == Level::Asked);
}

Tier tier_of(std::vector<Finding> const& findings, Aspect aspect) {
    bool passed = false;
    bool unknown = false;
    for (auto const& finding : findings) {
        if (aspect_of(*finding.rule) != aspect || silent(finding)) continue;
        if (finding.outcome == Outcome::Failed) return Tier::Contraindicated;
        (finding.outcome == Outcome::Passed ? passed : unknown) = true;
    }
    return passed && !unknown ? Tier::Affirming : Tier::None;
}

dcap::Claims const* quote_claims(Appraisal const& appraisal) {
    if (!appraisal.claims()) return nullptr;
    if (auto const* request = appraisal.claims()->get<csr::Claims>())
        return std::get_if<dcap::Claims>(&request->evidence);
    return appraisal.claims()->get<dcap::Claims>();
}

bool advised_otherwise(Appraisal const& appraisal) {
    auto const* claims = quote_claims(appraisal);
    return claims && claims->tcb.status && *claims->tcb.status != dcap::TcbStatus::UpToDate;
}

} // namespace

std::string_view name_of(Tier tier) {
    switch (tier) {
    case Tier::Affirming:
        return "affirming";
    case Tier::Warning:
        return "warning";
    case Tier::Contraindicated:
        return "contraindicated";
    case Tier::None:
        break;
    }
    return "none";
}

std::string_view name_of(Aspect aspect) {
    constexpr std::array<std::string_view, aspects> names{
        "instance-identity",
        "configuration",
        "executables",
        "file-system",
        "hardware",
        "runtime-opaque",
        "storage-opaque",
        "sourced-data",
    };
    return names[std::size_t(aspect)];
}

TrustVector trust_vector(Appraisal const& appraisal) {
    TrustVector out;
    for (auto const aspect :
         {InstanceIdentity, Configuration, Executables, Hardware, RuntimeOpaque})
        out.tiers[std::size_t(aspect)] = tier_of(appraisal.findings(), aspect);
    if (advised_otherwise(appraisal)) out.tiers[std::size_t(Hardware)] = Tier::Warning;
    return out;
}

Tier overall(Appraisal const& appraisal, TrustVector const& vector) {
    if (appraisal.verdict() == Verdict::Refused) return Tier::Contraindicated;
    if (appraisal.verdict() == Verdict::Undecided) return Tier::None;
    // Not all kinds of evidence say something of a configuration.
    bool const affirmed = std::ranges::all_of(
        std::array{InstanceIdentity, Executables, Hardware, RuntimeOpaque},
        [&](Aspect aspect) { return vector.of(aspect) == Tier::Affirming; }
    );
    bool const set_up = std::ranges::none_of(appraisal.findings(), [](Finding const& finding) {
        return finding.outcome == Outcome::Off && finding.rule->level != Level::Asked;
    });
    return affirmed && set_up ? Tier::Affirming : Tier::Warning;
}

} // namespace attest::result
