// The C interface (attest.h) on top of verify(): objects behind pointers, text with its zero.

#include "attest/attest.h"
#include "attest/verify.hpp"

#include <limits>
#include <new>

struct enarx_attest_endorsements {
    attest::Endorsements value;
    std::string why;
};

struct enarx_attest_verifier {
    attest::Roots roots;
    attest::SignatureMemo memo;
    std::string why = {};
};

struct enarx_attest_policy {
    attest::Policy value;
};

struct enarx_attest_appraisal {
    attest::Appraisal value;
    std::string kind;
};

namespace {

using namespace attest;

// Safety: std::byte may alias any object; the lifetime is the caller's.
base::View view_of(enarx_attest_bytes const& bytes) {
    return {reinterpret_cast<std::byte const*>(bytes.data), bytes.size};
}
enarx_attest_bytes bytes_of(base::View view) {
    return {.data = reinterpret_cast<std::uint8_t const*>(view.data()), .size = view.size()};
}

std::string text_of(Unusable const& why) {
    return why.source + " at byte " + std::to_string(why.offset) + ": expected " + why.expected +
           ", found " + why.found;
}

bool said(enarx_attest_expected const& expected) {
    if (expected.binding == ENARX_ATTEST_UNBOUND) return true;
    return expected.binding == ENARX_ATTEST_ONE_OF &&
           (expected.count == 0 || expected.values != nullptr);
}

std::optional<Expected> expected_of(enarx_attest_request const& request) {
    auto const& data = request.report_data;
    auto const& measurements = request.measurements;
    if (!said(data) || !said(measurements)) return {};
    Expected out{.report_data = ReportData::unbound(), .measurements = Measurements::unbound()};
    if (data.binding == ENARX_ATTEST_ONE_OF) {
        if (data.count != 1) return {};
        out.report_data = ReportData::exactly(view_of(data.values[0]));
    }
    if (measurements.binding == ENARX_ATTEST_ONE_OF) {
        std::vector<std::vector<std::byte>> values;
        for (auto const& bytes : std::span{measurements.values, measurements.count}) {
            auto const view = view_of(bytes);
            values.emplace_back(view.begin(), view.end());
        }
        out.measurements = Measurements::any_of(std::move(values));
    }
    return out;
}

} // namespace

enarx_attest_endorsements* enarx_attest_endorsements_new() {
    return new enarx_attest_endorsements{};
}

void enarx_attest_endorsements_free(enarx_attest_endorsements* endorsements) {
    delete endorsements;
}

char const* enarx_attest_endorsements_add(
    enarx_attest_endorsements* endorsements, enarx_attest_bytes bytes, char const* source
) {
    auto const added =
        endorsements->value.add(view_of(bytes), source != nullptr ? source : "endorsement");
    if (added) return nullptr;
    endorsements->why = text_of(added.error());
    return endorsements->why.c_str();
}

enarx_attest_verifier* enarx_attest_verifier_new() {
    return new enarx_attest_verifier{.roots = Roots::builtin(), .memo = {}};
}

enarx_attest_verifier* enarx_attest_verifier_with_roots(enarx_attest_endorsements const* roots) {
    auto const all = roots->value.certificates();
    return new enarx_attest_verifier{.roots = Roots::only({all.begin(), all.end()}), .memo = {}};
}

char const* enarx_attest_verifier_trust(
    enarx_attest_verifier* verifier, enarx_attest_bytes jwk, char const* source
) {
    auto keys = parse_trust_keys(view_of(jwk), source != nullptr ? source : "key");
    if (!keys) {
        verifier->why = text_of(keys.error());
        return verifier->why.c_str();
    }
    for (auto& key : *keys) verifier->roots.trust(std::move(key));
    return nullptr;
}

void enarx_attest_verifier_free(enarx_attest_verifier* verifier) { delete verifier; }

enarx_attest_policy* enarx_attest_policy_strict() {
    return new enarx_attest_policy{Policy::strict()};
}

enarx_attest_policy* enarx_attest_policy_authentic() {
    return new enarx_attest_policy{Policy::authentic()};
}

void enarx_attest_policy_free(enarx_attest_policy* policy) { delete policy; }

bool enarx_attest_policy_set(enarx_attest_policy* policy, char const* rule, bool on) {
    auto const* found = rule != nullptr ? find_rule(rule) : nullptr;
    if (found == nullptr || (found->level == Level::Always && !on)) return false;
    policy->value.set(*found, on);
    return true;
}

enarx_attest_appraisal*
enarx_attest_appraise(enarx_attest_verifier* verifier, enarx_attest_request const* request) {
    if (verifier == nullptr || request == nullptr || request->size != sizeof *request ||
        request->endorsements == nullptr || request->policy == nullptr ||
        (request->evidence.data == nullptr && request->evidence.size != 0))
        return nullptr;
    auto const expected = expected_of(*request);
    if (!expected) return nullptr;
    auto appraisal = verify({
        .evidence = view_of(request->evidence),
        .endorsements = request->endorsements->value,
        .roots = verifier->roots,
        .policy = request->policy->value,
        .expected = *expected,
        .at = std::chrono::sys_seconds{std::chrono::seconds{request->at}},
        .memo = &verifier->memo,
    });
    if (!appraisal) return nullptr;
    std::string kind{name_of(appraisal->kind())};
    return new enarx_attest_appraisal{.value = std::move(*appraisal), .kind = std::move(kind)};
}

void enarx_attest_appraisal_free(enarx_attest_appraisal* appraisal) { delete appraisal; }

enarx_attest_verdict enarx_attest_appraisal_verdict(enarx_attest_appraisal const* appraisal) {
    return static_cast<enarx_attest_verdict>(appraisal->value.verdict());
}

char const* enarx_attest_appraisal_kind(enarx_attest_appraisal const* appraisal) {
    return appraisal->kind.c_str();
}

enarx_attest_bytes enarx_attest_appraisal_measurement(enarx_attest_appraisal const* appraisal) {
    auto const* claims = appraisal->value.claims();
    return claims != nullptr ? bytes_of(claims->measurement()) : enarx_attest_bytes{};
}

enarx_attest_bytes enarx_attest_appraisal_report_data(enarx_attest_appraisal const* appraisal) {
    auto const* claims = appraisal->value.claims();
    return claims != nullptr ? bytes_of(claims->report_data()) : enarx_attest_bytes{};
}

size_t enarx_attest_appraisal_findings(enarx_attest_appraisal const* appraisal) {
    return appraisal->value.findings().size();
}

bool enarx_attest_appraisal_finding(
    enarx_attest_appraisal const* appraisal, size_t index, enarx_attest_finding* finding
) {
    auto const& findings = appraisal->value.findings();
    if (index >= findings.size() || finding->size != sizeof *finding) return false;
    auto const& [rule, outcome, detail] = findings[index];
    *finding = {
        .size = sizeof *finding,
        .outcome = static_cast<enarx_attest_outcome>(outcome),
        // NOLINTBEGIN(bugprone-suspicious-stringview-data-usage): literals, which end with a zero
        .rule = rule->id.data(),
        .text = rule->text.data(),
        .manual = rule->source.data(),
        // NOLINTEND(bugprone-suspicious-stringview-data-usage)
        .expected = detail.expected.c_str(),
        .found = detail.found.c_str(),
        .part = detail.place.part.c_str(),
        .field = detail.place.field.c_str(),
        .hint = detail.hint.c_str(),
        .offset = detail.place.offset.value_or(std::numeric_limits<std::size_t>::max()),
    };
    return true;
}
