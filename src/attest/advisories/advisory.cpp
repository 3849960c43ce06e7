#include "attest/advisories/advisory.hpp"

#include <algorithm>

namespace attest {

namespace {

using hw::snp::Product;

// Inside a certification request, or alone.
template <class T> T const* evidence_of(Claims const& claims) {
    if (auto const* request = claims.get<csr::Claims>()) return std::get_if<T>(&request->evidence);
    return claims.get<T>();
}

bool concerns_snp(Concern concern, Product product) {
    switch (concern) {
    case Concern::Milan:
        return product == Product::Milan;
    case Concern::MilanAndGenoa:
        return product == Product::Milan || product == Product::Genoa;
    default:
        return concern == Concern::AllSnp;
    }
}

bool concerns(Concern concern, Claims const& claims) {
    if (auto const* snp = evidence_of<snp::Claims>(claims))
        return concerns_snp(concern, snp->product);
    if (auto const* quote = evidence_of<dcap::Claims>(claims)) {
        bool const tdx = std::holds_alternative<dcap::TdBody>(quote->body);
        return concern == Concern::SgxAndTdx || concern == (tdx ? Concern::Tdx : Concern::Sgx);
    }
    if (claims.get<nitro::Claims>()) return concern == Concern::Nitro;
    return claims.get<cca::Claims>() && concern == Concern::Cca;
}

// A rule that is off and had held has nothing to tell.
Shown shown_by_rule(Appraisal const& appraisal, std::string_view rule) {
    auto const found = std::ranges::find_if(appraisal.findings(), [&](Finding const& finding) {
        return finding.rule->id == rule;
    });
    if (found == appraisal.findings().end()) return Shown::NotChecked;
    switch (found->outcome) {
    case Outcome::Passed:
        return Shown::Mitigated;
    case Outcome::Failed:
        return Shown::Open;
    case Outcome::Off:
        return found->detail.found.empty() ? Shown::Mitigated : Shown::Open;
    case Outcome::Undecided:
    case Outcome::NotApplicable:
        break;
    }
    return Shown::NotChecked;
}

Shown shown_by_floor(Claims const& claims) {
    auto const* snp = evidence_of<snp::Claims>(claims);
    if (!snp) return Shown::NotChecked;
    auto const current = snp->report.current_tcb.decode(snp->product);
    auto const floor = snp::Floors{}.of(snp->product, snp->report);
    return current.at_least(floor) ? Shown::Mitigated : Shown::Open;
}

Shown shown_by(Appraisal const& appraisal, Advisory const& advisory) {
    switch (advisory.proof) {
    case Proof::Rule:
        return shown_by_rule(appraisal, advisory.rule);
    case Proof::Floor:
        return shown_by_floor(*appraisal.claims());
    case Proof::Bulletin:
        return Shown::NotChecked;
    case Proof::Nothing:
        break;
    }
    return Shown::Never;
}

} // namespace

std::string_view name_of(Shown shown) {
    switch (shown) {
    case Shown::Mitigated:
        return "mitigated";
    case Shown::Open:
        return "open";
    case Shown::Never:
        return "cannot be shown";
    case Shown::NotChecked:
        break;
    }
    return "not checked";
}

std::vector<Advice> advice_on(Appraisal const& appraisal) {
    std::vector<Advice> out;
    if (!appraisal.claims()) return out;
    for (auto const& advisory : advisories())
        if (concerns(advisory.concern, *appraisal.claims()))
            out.push_back({&advisory, shown_by(appraisal, advisory)});
    return out;
}

} // namespace attest
