#include "attest/ear/ear.hpp"

#include "attest/text.hpp"
#include "base/cbor.hpp"
#include "crypto/base64.hpp"

#include <algorithm>

namespace attest::result {

namespace {

using base::cbor::encoded;
using base::cbor::Writer;

constexpr std::string_view profile = "tag:ietf.org,2026:rats/ear#04";
constexpr std::int64_t es384 = -35; // RFC 9053, 2.1
constexpr std::uint64_t cose_sign1 = 18;
// RFC 9711, 4.1: nonces have 8 to 64 bytes.
constexpr std::size_t shortest_nonce = 8;
constexpr std::size_t longest_nonce = 64;

// CWT claims: RFC 8392, 3; RFC 9711, 10.2; the EAR draft.
namespace label {
constexpr std::int64_t issued_at = 6;
constexpr std::int64_t nonce = 10;
constexpr std::int64_t eat_profile = 265;
constexpr std::int64_t submodules = 266;
constexpr std::int64_t status = 1000;
constexpr std::int64_t vector = 1001;
constexpr std::int64_t policy_ids = 1003;
constexpr std::int64_t verifier_id = 1004;
} // namespace label

// A name for the attester: the kind of its evidence.
std::string submodule(Appraisal const& appraisal) { return std::string{name_of(appraisal.kind())}; }

bool has_nonce(EarContext const& context) {
    return context.nonce && context.nonce->size() >= shortest_nonce &&
           context.nonce->size() <= longest_nonce;
}

Json rule_ids(Appraisal const& appraisal, Outcome outcome) {
    Json out = Json::array();
    for (auto const& finding : appraisal.findings())
        if (finding.outcome == outcome && finding.rule->level != Level::Asked &&
            std::ranges::find(out, Json(finding.rule->id)) == out.end())
            out.push_back(finding.rule->id);
    return out;
}

Json appraisal_json(Appraisal const& appraisal, EarContext const& context) {
    auto const vector = trust_vector(appraisal);
    Json tiers = Json::object();
    for (std::size_t i = 0; i < aspects; ++i)
        if (vector.tiers[i] != Tier::None)
            tiers[std::string{name_of(Aspect(i))}] = static_cast<int>(vector.tiers[i]);
    Json out{{"ear_status", name_of(overall(appraisal, vector))}};
    if (!tiers.empty()) out["ear_trustworthiness_vector"] = std::move(tiers);
    out["ear_appraisal_policy_ids"] = {context.policy_id};
    if (appraisal.claims()) out["ear_attester_claims"] = claims_json(appraisal);
    out["ear_verifier_claims"] = {
        {"evaluated_at", timestamp(context.at)},
        {"failed", rule_ids(appraisal, Outcome::Failed)},
        {"undecided", rule_ids(appraisal, Outcome::Undecided)},
        {"not_checked", rule_ids(appraisal, Outcome::Off)},
    };
    return out;
}

void write_appraisal(Writer& out, Appraisal const& appraisal, EarContext const& context) {
    auto const vector = trust_vector(appraisal);
    auto const told = std::ranges::count_if(vector.tiers, [](Tier t) { return t != Tier::None; });
    out.map(told > 0 ? 3 : 2);
    out.number(label::status);
    out.number(static_cast<int>(overall(appraisal, vector)));
    if (told > 0) {
        out.number(label::vector);
        out.map(static_cast<std::uint64_t>(told));
        for (std::size_t i = 0; i < aspects; ++i)
            if (vector.tiers[i] != Tier::None) {
                out.number(static_cast<std::int64_t>(i));
                out.number(static_cast<int>(vector.tiers[i]));
            }
    }
    out.number(label::policy_ids);
    out.array(1);
    out.text(context.policy_id);
}

// Keys in the order of RFC 8949, 4.2.1.
void write_claims(Writer& out, Appraisal const& appraisal, EarContext const& context) {
    bool const nonce = has_nonce(context);
    out.map(nonce ? 5 : 4);
    out.number(label::issued_at);
    out.number(context.at.time_since_epoch().count());
    if (nonce) {
        out.number(label::nonce);
        out.bytes(*context.nonce);
    }
    out.number(label::eat_profile);
    out.text(profile);
    out.number(label::submodules);
    out.map(1);
    out.text(submodule(appraisal));
    write_appraisal(out, appraisal, context);
    out.number(label::verifier_id);
    out.map(2);
    out.number(0);
    out.text(context.developer);
    out.number(1);
    out.text(context.build);
}

std::vector<std::byte> joined(crypto::P384Signature const& signature) {
    std::vector<std::byte> out{signature.r.begin(), signature.r.end()};
    out.insert(out.end(), signature.s.begin(), signature.s.end());
    return out;
}

} // namespace

Json ear_json(Appraisal const& appraisal, EarContext const& context) {
    Json out{
        {"eat_profile", profile},
        {"iat", context.at.time_since_epoch().count()},
        {"ear_verifier_id", {{"developer", context.developer}, {"build", context.build}}},
    };
    if (has_nonce(context)) out["eat_nonce"] = crypto::encode_base64url(*context.nonce);
    out["submods"] = {{submodule(appraisal), appraisal_json(appraisal, context)}};
    return out;
}

base::Result<std::string> ear_jwt(Json const& ear, crypto::P384SigningKey const& key) {
    constexpr std::string_view header = R"({"alg":"ES384","typ":"eat+jwt"})"; // RFC 9782
    auto const payload = ear.dump(-1, ' ', false, Json::error_handler_t::replace);
    auto const signed_part = crypto::encode_base64url(base::view_of(header)) + '.' +
                             crypto::encode_base64url(base::view_of(payload));
    auto const signature = TRY(key.sign(base::view_of(signed_part)));
    return signed_part + '.' + crypto::encode_base64url(joined(signature));
}

base::Result<std::vector<std::byte>>
ear_cwt(Appraisal const& appraisal, EarContext const& context, crypto::P384SigningKey const& key) {
    auto const header = encoded([](Writer& out) {
        out.map(1);
        out.number(1); // alg
        out.number(es384);
    });
    auto const payload = encoded([&](Writer& out) { write_claims(out, appraisal, context); });
    auto const signed_part = encoded([&](Writer& out) { // RFC 9052, 4.4
        out.array(4);
        out.text("Signature1");
        out.bytes(header);
        out.bytes({});
        out.bytes(payload);
    });
    auto const signature = joined(TRY(key.sign(signed_part)));
    return encoded([&](Writer& out) {
        out.tag(cose_sign1);
        out.array(4);
        out.bytes(header);
        out.map(0);
        out.bytes(payload);
        out.bytes(signature);
    });
}

} // namespace attest::result
