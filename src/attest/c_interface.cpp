// The C interface (attest.h) on top of verify(): objects behind pointers, text with its zero.

#include "attest/attest.h"
#include "attest/snp/guest_rules.hpp"
#include "attest/verify.hpp"
#include "attest/wrapped/piece.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

struct enarx_attest_endorsements {
    attest::Endorsements value;
    std::string why;
};

struct enarx_attest_verifier {
    attest::Roots roots;
    attest::SignatureMemo memo = {};
    std::string why = {};
    // Roots without a purpose: they are for the kind of evidence that a request names.
    std::optional<std::vector<attest::Sourced<crypto::Certificate>>> of_one_kind = {};
};

struct enarx_attest_policy {
    attest::Policy value;
};

struct enarx_attest_appraisal {
    attest::Appraisal value;
    std::string kind;
    std::optional<protocol::evidence::Application> runs = {}; // bound, and accepted
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

bool whole(enarx_attest_bytes const& bytes) { return bytes.data != nullptr || bytes.size == 0; }

constexpr Unusable no_bytes(char const* source) {
    return {.source = source, .offset = 0, .expected = "bytes", .found = "NULL with a size"};
}

bool said(enarx_attest_expected const& expected) {
    if (expected.binding == ENARX_ATTEST_UNBOUND) return true;
    if (expected.binding != ENARX_ATTEST_ONE_OF) return false;
    if (expected.count == 0) return true;
    return expected.values != nullptr &&
           std::ranges::all_of(std::span{expected.values, expected.count}, whole);
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

constexpr std::array older_sizes{
    offsetof(enarx_attest_request, kinds), offsetof(enarx_attest_request, workload)
};

// The request as it is today, from one of any size that it ever had.
std::optional<enarx_attest_request> current(enarx_attest_request const* request) {
    enarx_attest_request out{};
    if (request->size != sizeof out &&
        std::ranges::find(older_sizes, request->size) == older_sizes.end())
        return {};
    std::memcpy(&out, request, request->size);
    return out;
}

// The first second of the year 10000, which no certificate and no timestamp reaches.
constexpr std::int64_t end_of_time = 253'402'300'800;

bool complete(enarx_attest_request const& request) {
    return request.endorsements != nullptr && request.policy != nullptr &&
           whole(request.evidence) && whole(request.workload) && whole(request.configuration) &&
           whole(request.user_data) && request.at >= 0 && request.at < end_of_time;
}

// Nothing, in the outer one, where a digest has another size.
std::optional<std::optional<protocol::evidence::Digest>>
digest_of(enarx_attest_bytes const& bytes) {
    std::optional<protocol::evidence::Digest> out;
    if (bytes.data == nullptr) return out;
    if (bytes.size != out.emplace().size()) return {};
    std::ranges::copy(view_of(bytes), out->begin());
    return out;
}

std::optional<ExpectedApplication> application_of(enarx_attest_request const& request) {
    auto const workload = digest_of(request.workload);
    auto const configuration = digest_of(request.configuration);
    if (!workload || !configuration) return {};
    ExpectedApplication out{.workload = *workload, .configuration = *configuration};
    if (request.user_data.data == nullptr) return out;
    auto const user_data = protocol::evidence::UserData::of(view_of(request.user_data));
    if (!user_data) return {};
    out.user_data = *user_data;
    return out;
}

// What runs, as the accepted report binds it.
std::optional<protocol::evidence::Application>
bound(wrapped::Piece const& piece, ExpectedApplication const& expected) {
    if (expected.all())
        return protocol::evidence::Application{
            .workload = *expected.workload,
            .configuration = *expected.configuration,
            .user_data = *expected.user_data
        };
    return wrapped::bound_application(piece);
}

// Each bit is a Kind of hardware; nothing where there is another bit.
std::optional<Kinds> kinds_of(std::uint64_t bits) {
    Kinds out;
    std::uint64_t known = 0;
    for (auto const kind : all_kinds()) {
        if (kind == Kind::NoHardware) continue;
        auto const bit = std::uint64_t{1} << static_cast<unsigned>(kind);
        known |= bit;
        if ((bits & bit) != 0) out.add(kind);
    }
    if ((bits & ~known) != 0) return {};
    return bits == 0 ? Kinds::all() : out;
}

std::optional<Purposes> purposes_of_bits(std::uint64_t bits) {
    Purposes out;
    std::uint64_t known = 0;
    for (auto const purpose : all_purposes) {
        if (purpose == Purpose::Arm) continue; // keys, not roots
        auto const bit = std::uint64_t{1} << static_cast<unsigned>(purpose);
        known |= bit;
        if ((bits & bit) != 0) out.add(purpose);
    }
    if (bits == 0 || (bits & ~known) != 0) return {};
    return out;
}

// The verifier's roots as they count for this evidence; nothing where they have no purpose and the
// request leaves open which vendor's evidence it is about.
std::optional<Roots>
roots_for(enarx_attest_verifier const& verifier, base::View evidence, Kinds kinds) {
    auto out = verifier.roots;
    if (!verifier.of_one_kind) return out;
    auto const kind = recognise(evidence);
    // What is no evidence, or refused for its kind, needs no root.
    if (!kind || !kinds.contains(*kind)) return out;
    // A certification request is of whichever vendor its maker chose.
    if (kinds.contains(Kind::EnarxRequest)) return {};
    auto const purposes = purposes_of(*kind, evidence);
    for (auto const other : all_kinds())
        if (kinds.contains(other) && purposes_of(other, evidence) != purposes) return {};
    for (auto const& root : *verifier.of_one_kind) out.add(root, purposes);
    return out;
}

Appraisal appraised(
    enarx_attest_verifier& verifier,
    enarx_attest_request const& asked,
    wrapped::Piece const& piece,
    Roots const& roots,
    Expected const& expected,
    Kinds kinds
) {
    auto const& given = asked.endorsements->value;
    std::optional<Endorsements> with_hints;
    if (!piece.endorsements.empty())
        with_hints.emplace(given).add_hints(wrapped::hints_of(piece), "the evidence");
    return appraise(
        piece.kind,
        {.evidence = piece.evidence,
         .endorsements = with_hints ? *with_hints : given,
         .roots = roots,
         .policy = asked.policy->value,
         .expected = expected,
         .at = std::chrono::sys_seconds{std::chrono::seconds{asked.at}},
         .memo = &verifier.memo,
         .kinds = kinds}
    );
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
    auto const* const name = source != nullptr ? source : "endorsement";
    auto const added = whole(bytes) ? endorsements->value.add(view_of(bytes), name)
                                    : base::Result<void, Unusable>{std::unexpected(no_bytes(name))};
    if (added) return nullptr;
    endorsements->why = text_of(added.error());
    return endorsements->why.c_str();
}

enarx_attest_verifier* enarx_attest_verifier_new() {
    return new enarx_attest_verifier{.roots = Roots::builtin()};
}

enarx_attest_verifier* enarx_attest_verifier_without_roots() {
    return new enarx_attest_verifier{.roots = Roots::none()};
}

bool enarx_attest_verifier_add_roots(
    enarx_attest_verifier* verifier, enarx_attest_endorsements const* roots, std::uint64_t purposes
) {
    auto const found = purposes_of_bits(purposes);
    if (verifier == nullptr || roots == nullptr || !found) return false;
    for (auto const& root : roots->value.certificates()) verifier->roots.add(root, *found);
    return true;
}

enarx_attest_verifier* enarx_attest_verifier_with_roots(enarx_attest_endorsements const* roots) {
    auto const all = roots->value.certificates();
    auto* const out = enarx_attest_verifier_without_roots();
    out->of_one_kind.emplace(all.begin(), all.end());
    return out;
}

char const* enarx_attest_verifier_trust(
    enarx_attest_verifier* verifier, enarx_attest_bytes jwk, char const* source
) {
    auto const* const name = source != nullptr ? source : "key";
    if (!whole(jwk)) {
        verifier->why = text_of(no_bytes(name));
        return verifier->why.c_str();
    }
    auto keys = parse_trust_keys(view_of(jwk), name);
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
    if (verifier == nullptr || request == nullptr) return nullptr;
    auto const asked = current(request);
    if (!asked || !complete(*asked)) return nullptr;
    auto expected = expected_of(*asked);
    auto const application = application_of(*asked);
    auto const kinds = kinds_of(asked->kinds);
    if (!expected || !application || !kinds) return nullptr;
    auto const piece = wrapped::piece_of(view_of(asked->evidence));
    if (!piece) return nullptr;
    auto const roots = roots_for(*verifier, piece->evidence, *kinds);
    if (!roots) return nullptr;
    auto const& policy = asked->policy->value;
    auto const data = wrapped::data_expected(
        expected->report_data, *application, *piece, policy.on(snp::rules::report_data)
    );
    if (!data) return nullptr;
    expected->report_data = *data;
    auto appraisal = appraised(*verifier, *asked, *piece, *roots, *expected, *kinds);
    std::string kind{name_of(appraisal.kind())};
    auto const runs = appraisal.claims() ? bound(*piece, *application) : std::nullopt;
    return new enarx_attest_appraisal{
        .value = std::move(appraisal), .kind = std::move(kind), .runs = runs
    };
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

enarx_attest_bytes enarx_attest_appraisal_workload(enarx_attest_appraisal const* appraisal) {
    auto const& runs = appraisal->runs;
    return runs ? bytes_of(runs->workload) : enarx_attest_bytes{};
}

enarx_attest_bytes enarx_attest_appraisal_configuration(enarx_attest_appraisal const* appraisal) {
    auto const& runs = appraisal->runs;
    return runs ? bytes_of(runs->configuration) : enarx_attest_bytes{};
}

enarx_attest_bytes enarx_attest_appraisal_user_data(enarx_attest_appraisal const* appraisal) {
    auto const& runs = appraisal->runs;
    return runs ? bytes_of(runs->user_data.view()) : enarx_attest_bytes{};
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
