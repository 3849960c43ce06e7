#include "attest/policy_scope.hpp"

#include "attest/purpose.hpp"

#include <algorithm>
#include <vector>

namespace attest {

namespace {

// Without a default: a kind that is added later has to say which values are for it.
std::vector<Section> sections_for(Kind kind) {
    switch (kind) {
    case Kind::SnpReport:
        return {Section::Snp};
    case Kind::SgxQuote:
        return {Section::Dcap, Section::Sgx};
    case Kind::TdxQuote:
        return {Section::Dcap, Section::Tdx};
    case Kind::EnarxRequest: // whatever it holds, see kind_inside()
    case Kind::NitroDocument:
    case Kind::CcaToken:
    case Kind::NoHardware:
        break;
    }
    return {};
}

// As users write what has to be accepted for that evidence.
std::string kinds_to_name(Kind kind, Kind inside) {
    auto out = std::string{short_name_of(kind)};
    if (inside != kind) out += ',' + std::string{short_name_of(inside)};
    return out;
}

} // namespace

// A request holds a report of SEV-SNP or a quote of SGX: a trust domain has no place in it.
Kind kind_inside(Kind kind, base::View evidence) {
    if (kind != Kind::EnarxRequest) return kind;
    auto const purposes = purposes_of(kind, evidence);
    if (purposes == amd_purposes) return Kind::SnpReport;
    return purposes.empty() ? kind : Kind::SgxQuote;
}

std::optional<Detail> values_of_others(Policy const& policy, Kind kind, base::View evidence) {
    auto const sets = [&](Section section) { return policy.sets(section); };
    auto const inside = kind_inside(kind, evidence);
    if (std::ranges::any_of(sections_for(inside), sets)) return {};
    std::string others;
    for (auto const section : all_sections)
        if (policy.sets(section))
            others += (others.empty() ? "[" : " and [") + std::string{name_of(section)} + "]";
    if (others.empty()) return {};
    return Detail{
        .expected = "the values of the policy's " + others + ", compared with the evidence",
        .found = std::string{name_of(inside)} + ", of which the policy sets no value",
        .place = {.part = "policy"},
        .hint = "Judge it by a policy of its own or one that has a section for it, or name the "
                "kinds that you accept (--kind " +
                kinds_to_name(kind, inside) + ")."
    };
}

} // namespace attest
