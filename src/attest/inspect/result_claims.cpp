#include "attest/inspect/result_claims.hpp"

#include "attest/cose/sign1.hpp"
#include "attest/json/tree.hpp"
#include "attest/result/trust_vector.hpp"
#include "attest/text.hpp"
#include "base/cbor.hpp"

#include <array>

namespace attest::inspect {

namespace {

using base::Errno;
using base::Result;
using base::cbor::Major;
using base::cbor::Reader;
using crypto::Malformed;

constexpr unsigned most_depth = 8;
constexpr std::int64_t profile_label = 265;
constexpr std::int64_t submodules_label = 266;
constexpr std::int64_t vector_label = 1001;
constexpr std::int64_t verifier_label = 1004;

struct Name {
    std::int64_t label;
    std::string_view text;
};
// RFC 8392, 3; RFC 9711, 10.2; draft-ietf-rats-ear-04, 3.
constexpr std::array names{
    Name{1, "iss"},
    Name{2, "sub"},
    Name{3, "aud"},
    Name{4, "exp"},
    Name{5, "nbf"},
    Name{6, "iat"},
    Name{7, "cti"},
    Name{10, "eat_nonce"},
    Name{profile_label, "eat_profile"},
    Name{submodules_label, "submods"},
    Name{1000, "ear_status"},
    Name{vector_label, "ear_trustworthiness_vector"},
    Name{1002, "ear_raw_evidence"},
    Name{1003, "ear_appraisal_policy_ids"},
    Name{verifier_label, "ear_verifier_id"},
    Name{1005, "ear_attester_claims"},
    Name{1006, "ear_verifier_claims"},
};

// The names of what a map holds depend on the claim whose value it is.
std::string name_of(std::int64_t label, std::int64_t of_map) {
    if (of_map == verifier_label && (label == 0 || label == 1))
        return label == 0 ? "developer" : "build";
    if (of_map == vector_label && label >= 0 && label < std::int64_t(result::aspects))
        return std::string{result::name_of(result::Aspect(label))};
    auto const* found = std::ranges::find(names, label, &Name::label);
    return found == names.end() ? std::to_string(label) : std::string{found->text};
}

Result<Json> value(Reader& in, std::int64_t claim, unsigned depth);

Result<Json> map(Reader& in, std::uint64_t pairs, std::int64_t claim, unsigned depth) {
    Json out = Json::object();
    for (std::uint64_t i = 0; i < pairs; ++i) {
        std::int64_t inner = claim;
        std::string name;
        if (TRY(in.peek()) == Major::Text) {
            name = TRY(in.text());
        } else {
            inner = TRY(in.number());
            name = name_of(inner, claim);
        }
        if (out.contains(name)) return std::unexpected(Errno::BadMsg);
        out[name] = TRY(value(in, inner, depth - 1));
    }
    return out;
}

Result<Json> array(Reader& in, std::uint64_t elements, std::int64_t claim, unsigned depth) {
    Json out = Json::array();
    for (std::uint64_t i = 0; i < elements; ++i) out.push_back(TRY(value(in, claim, depth - 1)));
    return out;
}

Result<Json> simple(std::uint64_t number) {
    switch (number) {
    case base::cbor::simple_false:
        return Json(false);
    case base::cbor::simple_true:
        return Json(true);
    case base::cbor::simple_null:
        return Json();
    default:
        return std::unexpected(Errno::BadMsg);
    }
}

Result<Json> value(Reader& in, std::int64_t claim, unsigned depth) {
    if (depth == 0) return std::unexpected(Errno::BadMsg);
    switch (TRY(in.peek())) {
    case Major::Unsigned:
    case Major::Negative:
        return Json(TRY(in.number()));
    case Major::Bytes:
        return Json(hex(TRY(in.bytes())));
    case Major::Text:
        return Json(TRY(in.text()));
    case Major::Array:
        return array(in, TRY(in.array()), claim, depth);
    case Major::Map:
        return map(in, TRY(in.map()), claim, depth);
    case Major::Tag:
        TRY(in.tag());
        return value(in, claim, depth - 1);
    case Major::Simple:
        break;
    }
    return simple(TRY(in.next()).argument);
}

bool is_tier(Json const& status) {
    using result::Tier;
    for (auto const tier : {Tier::None, Tier::Affirming, Tier::Warning, Tier::Contraindicated})
        if (status == result::name_of(tier) || status == static_cast<int>(tier)) return true;
    return false;
}

// What is missing, or nothing.
std::string_view missing(Json const& claims) {
    if (!claims.is_object() || !claims.contains("eat_profile")) return "eat_profile";
    if (!claims.contains("iat") || !claims.at("iat").is_number_integer()) return "iat";
    if (!claims.contains("ear_verifier_id")) return "ear_verifier_id";
    if (!claims.contains("submods") || !claims.at("submods").is_object() ||
        claims.at("submods").empty())
        return "submods";
    for (auto const& [name, submodule] : claims.at("submods").items())
        if (!submodule.is_object() || !submodule.contains("ear_status") ||
            !is_tier(submodule.at("ear_status")))
            return "ear_status";
    return {};
}

} // namespace

bool looks_like_ear_cwt(base::View bytes) {
    auto const sign1 = cose::Sign1::parse(bytes);
    if (!sign1) return false;
    Reader in{sign1->payload()};
    auto const pairs = in.map();
    for (std::uint64_t i = 0; pairs && i < *pairs; ++i) {
        auto const label = in.number();
        if (!label) return false;
        if (*label == verifier_label || *label == submodules_label) return true;
        if (!in.skip()) return false;
    }
    return false;
}

Result<Json, Malformed> claims_of_cwt(base::View payload) {
    Reader in{payload};
    auto claims = value(in, 0, most_depth);
    if (!claims || !claims->is_object() || !in.at_end())
        return std::unexpected(
            Malformed{.what = "a map in CBOR: the claims", .offset = in.offset()}
        );
    return std::move(*claims);
}

Result<Json, Malformed> claims_of_jwt(base::View payload) {
    // The tree refuses what would be too deep, and a name that comes twice.
    auto const tree = json::Tree::parse(base::text_of(payload));
    if (!tree) return std::unexpected(tree.error());
    auto claims = Json::parse(base::text_of(payload), nullptr, false);
    if (claims.is_discarded() || !claims.is_object())
        return std::unexpected(Malformed{.what = "a JSON object: the claims", .offset = 0});
    return claims;
}

void check_ear(Description& out, Json const& claims) {
    auto const what = missing(claims);
    out.check(
        "claims",
        what.empty(),
        {.expected = "the claim " + std::string{what} + " as an EAR has it",
         .found = "none",
         .place = {.part = "payload", .offset = {}, .field = std::string{what}}}
    );
}

} // namespace attest::inspect
