#include "attest/cca/token.hpp"

#include "attest/cca/claim_map.hpp"

namespace attest::cca {

namespace {

using base::Errno;
using base::Result;
using base::View;
using base::cbor::Reader;
using crypto::Malformed;

constexpr std::uint64_t tag_collection = 399;       // drafts 00
constexpr std::uint64_t tag_later_collection = 907; // later drafts
constexpr std::uint64_t eat_cwt = 263; // RFC 9782: the CoAP Content-Format of application/eat+cwt
constexpr std::uint64_t label_platform = 44234;
constexpr std::uint64_t label_realm = 44241;

std::unexpected<Malformed> malformed(std::string_view what, std::size_t offset) {
    return std::unexpected(Malformed{.what = what, .offset = offset});
}

Result<View, Malformed> token_at(Reader& in, std::uint64_t label) {
    auto const found = in.unsigned_number();
    if (!found || *found != label)
        return malformed("44234 and 44241: platform and realm token", in.offset());
    // Later drafts say of each part what it is: [263, token].
    if (auto const major = in.peek(); major && *major == base::cbor::Major::Array) {
        auto const two = in.array();
        auto const format = in.unsigned_number();
        if (!two || *two != 2 || !format || *format != eat_cwt)
            return malformed("a pair of 263 and a token", in.offset());
    }
    auto const content = in.bytes();
    if (!content) return malformed("a byte string: a token", in.offset());
    return *content;
}

Result<cose::Sign1, Malformed> sign1_at(View token, std::size_t offset) {
    auto parsed = cose::Sign1::parse(token);
    if (!parsed) return malformed(parsed.error().what, offset + parsed.error().offset);
    return *parsed;
}

bool digest_sized(View value) {
    return value.size() == 32 || value.size() == 48 || value.size() == 64;
}

Result<Component> parse_component(Reader& in) {
    Component out;
    ClaimMap map{TRY(in.map())};
    TRY(map.each(in, [&](std::int64_t label) -> Result<void> {
        switch (label) {
        case 1:
            out.type = TRY(in.text());
            break;
        case 2:
            out.measurement = TRY(in.bytes());
            break;
        case 4:
            out.version = TRY(in.text());
            break;
        case 5:
            out.signer_id = TRY(in.bytes());
            break;
        case 6:
            out.hash_algorithm = TRY(in.text());
            break;
        default:
            (void)TRY(in.skip()); // RFC 8392, 3: claims that are not understood are ignored
        }
        return {};
    }));
    if (!map.has({2, 5}) || !digest_sized(out.measurement) || !digest_sized(out.signer_id))
        return std::unexpected(Errno::BadMsg);
    return out;
}

Result<std::vector<Component>> parse_components(Reader& in) {
    constexpr std::uint64_t most = 256;
    auto const count = TRY(in.array());
    if (count == 0 || count > most) return std::unexpected(Errno::BadMsg);
    std::vector<Component> out;
    for (std::uint64_t i = 0; i < count; ++i) out.push_back(TRY(parse_component(in)));
    return out;
}

Result<std::vector<View>> parse_measurements(Reader& in) {
    constexpr std::uint64_t extensible = 4;
    if (TRY(in.array()) != extensible) return std::unexpected(Errno::BadMsg);
    std::vector<View> out;
    for (std::uint64_t i = 0; i < extensible; ++i) out.push_back(TRY(in.bytes()));
    return out;
}

Result<void> parse_platform_claim(std::int64_t label, Reader& in, PlatformClaims& out) {
    switch (label) {
    case 10:
        out.challenge = TRY(in.bytes());
        break;
    case 256:
        out.instance_id = TRY(in.bytes());
        break;
    case 265:
        out.profile = TRY(in.text());
        break;
    case 2395:
        out.lifecycle = TRY(in.unsigned_number());
        break;
    case 2396:
        out.implementation_id = TRY(in.bytes());
        break;
    case 2399:
        out.components = TRY(parse_components(in));
        break;
    case 2400:
        out.verification_service = TRY(in.text());
        break;
    case 2401:
        out.configuration = TRY(in.bytes());
        break;
    case 2402:
        out.hash_algorithm = TRY(in.text());
        break;
    default:
        (void)TRY(in.skip()); // RFC 8392, 3: claims that are not understood are ignored
    }
    return {};
}

Result<void> parse_realm_claim(std::int64_t label, Reader& in, RealmClaims& out) {
    switch (label) {
    case 10:
        out.challenge = TRY(in.bytes());
        break;
    case 265:
        out.profile = TRY(in.text());
        break;
    case 44235:
        out.personalization = TRY(in.bytes());
        break;
    case 44236:
        out.hash_algorithm = TRY(in.text());
        break;
    case 44237:
        out.public_key = TRY(in.bytes());
        break;
    case 44238:
        out.initial_measurement = TRY(in.bytes());
        break;
    case 44239:
        out.measurements = TRY(parse_measurements(in));
        break;
    case 44240:
        out.public_key_hash_algorithm = TRY(in.text());
        break;
    default:
        (void)TRY(in.skip()); // RFC 8392, 3: claims that are not understood are ignored
    }
    return {};
}

// A whole payload: one map of claims and nothing behind it.
template <class Claims, class Parse>
Result<ClaimMap, Malformed> parse_claims(View payload, Claims& out, Parse parse) {
    Reader in{payload};
    auto const count = in.map();
    if (!count) return malformed("a map of claims", in.offset());
    ClaimMap map{*count};
    auto const read = map.each(in, [&](std::int64_t label) { return parse(label, in, out); });
    if (!read)
        return malformed(
            read.error() == Errno::NoEnt ? "a claim of the specification, each once"
                                         : "a claim as the specification has it",
            in.offset()
        );
    if (!in.at_end()) return malformed("nothing behind the claims", in.offset());
    return map;
}

} // namespace

Result<Collection, Malformed> parse_collection(View token) {
    Reader in{token};
    auto const tag = in.tag();
    if (!tag || (*tag != tag_collection && *tag != tag_later_collection))
        return malformed("tag 399 or 907: a CCA token", 0);
    auto const count = in.map();
    if (!count || *count != 2) return malformed("a map of two tokens", in.offset());
    auto const platform = TRY(token_at(in, label_platform));
    auto const realm = TRY(token_at(in, label_realm));
    if (!in.at_end()) return malformed("nothing behind the tokens", in.offset());
    auto const offset_of = [&](View part) { return std::size_t(part.data() - token.data()); };
    return Collection{
        .platform = TRY(sign1_at(platform, offset_of(platform))),
        .realm = TRY(sign1_at(realm, offset_of(realm))),
        .platform_offset = offset_of(platform),
        .realm_offset = offset_of(realm)
    };
}

Result<PlatformClaims, Malformed> parse_platform(View payload) {
    PlatformClaims out;
    auto const map = TRY(parse_claims(payload, out, parse_platform_claim));
    if (!map.has({10, 256, 265, 2395, 2396, 2399, 2401, 2402}))
        return malformed("all mandatory claims of a platform", payload.size());
    // 4.2: a UEID of type 1; 4.3: 32 bytes.
    bool const sizes = digest_sized(out.challenge) && out.instance_id.size() == 33 &&
                       out.instance_id[0] == std::byte{1} && out.implementation_id.size() == 32;
    if (!sizes) return malformed("claims of the right length", 0);
    return out;
}

Result<RealmClaims, Malformed> parse_realm(View payload) {
    RealmClaims out;
    auto const map = TRY(parse_claims(payload, out, parse_realm_claim));
    if (!map.has({10, 44235, 44236, 44237, 44238, 44239, 44240}))
        return malformed("all mandatory claims of a realm", payload.size());
    bool sizes = out.challenge.size() == 64 && out.personalization.size() == 64 &&
                 digest_sized(out.initial_measurement);
    for (auto const& value : out.measurements) sizes &= digest_sized(value);
    if (!sizes) return malformed("claims of the right length", 0);
    return out;
}

} // namespace attest::cca
