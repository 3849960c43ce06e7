#include "attest/cca/appraise.hpp"

#include "attest/cca/rules.hpp"
#include "attest/cca/token.hpp"
#include "attest/compare.hpp"
#include "attest/form.hpp"
#include "attest/leftovers.hpp"
#include "attest/text.hpp"
#include "crypto/digest.hpp"

#include <fmt/format.h>

namespace attest::cca {

namespace {

constexpr std::size_t largest = 64 * 1024; // RMM A7.2.1: at most a granule; room for other profiles

template <class T>
std::optional<T> judge_parsed(
    Judge& judge,
    Rule const& rule,
    base::Result<T, crypto::Malformed> parsed,
    base::View bytes,
    std::size_t offset
) {
    bool const ok = judge.check(rule, parsed.has_value(), [&] {
        return malformed(parsed.error(), bytes, "token", offset);
    });
    if (!ok) return {};
    return std::move(*parsed);
}

Place place_of(base::View evidence, base::View value, std::string_view field) {
    return {.part = "token", .offset = offset_in(evidence, value), .field = std::string{field}};
}

bool is_of(TrustKey const& key, PlatformClaims const& claims) {
    auto const fits = [](auto const& wanted, base::View value) {
        return !wanted || base::equal(*wanted, value);
    };
    return fits(key.instance_id, claims.instance_id) &&
           fits(key.implementation_id, claims.implementation_id);
}

// The key that signed, or of those for this instance the first.
TrustKey const*
find_key(Request const& request, cose::Sign1 const& platform, PlatformClaims const& claims) {
    TrustKey const* first = nullptr;
    for (auto const& key : request.roots.keys()) {
        if (!is_of(key, claims)) continue;
        if (platform.verified_by(key.key)) return &key;
        if (!first) first = &key;
    }
    return first;
}

TrustKey const* judge_platform(
    Judge& judge, Request const& request, Collection const& token, PlatformClaims const& claims
) {
    auto const* key = find_key(request, token.platform, claims);
    if (!key) {
        judge.undecided(
            rules::platform_key,
            {.expected = "the public key of instance " + hex(claims.instance_id),
             .found = "none",
             .place = place_of(request.evidence, claims.instance_id, "arm-platform-instance-id"),
             .hint = "Arm has no common root: get the platform's key (CPAK) from its maker and "
                     "give it as a "
                     "JWK with --root."}
        );
        return nullptr;
    }
    judge.check(rules::platform_key, true, [] { return Detail{}; });
    judge.check(rules::platform_signature, token.platform.verified_by(key->key), [&] {
        return Detail{
            .expected = "a signature by the key of " + key->source,
            .found = "one that does not verify",
            .place = {
                .part = "token",
                .offset = token.platform_offset + token.platform.signature_offset(),
                .field = "platform token"
            }
        };
    });
    return key;
}

void judge_realm(
    Judge& judge, base::View evidence, Collection const& token, RealmClaims const& claims
) {
    auto const key = realm_key(claims.public_key);
    if (!judge.check(rules::realm_key, key.has_value(), [&] {
            return Detail{
                .expected = "a point of P-384",
                .found = hex(claims.public_key),
                .place = place_of(evidence, claims.public_key, "cca-realm-public-key")
            };
        }))
        return;
    judge.check(rules::realm_signature, token.realm.verified_by(*key), [&] {
        return Detail{
            .expected = "a signature by the realm's key",
            .found = "one that does not verify",
            .place = {
                .part = "token",
                .offset = token.realm_offset + token.realm.signature_offset(),
                .field = "realm token"
            }
        };
    });
}

std::vector<std::byte> digest_of(std::string_view algorithm, base::View data) {
    auto const copy = [](auto const& digest) {
        return std::vector<std::byte>{digest.begin(), digest.end()};
    };
    if (algorithm == "sha-256") return copy(crypto::sha256(data));
    if (algorithm == "sha-384") return copy(crypto::sha384(data));
    if (algorithm == "sha-512") return copy(crypto::sha512(data));
    return {};
}

void judge_binding(
    Judge& judge, base::View evidence, PlatformClaims const& platform, RealmClaims const& realm
) {
    auto const wanted = digest_of(realm.public_key_hash_algorithm, realm.public_key);
    bool const bound = !wanted.empty() && base::equal(wanted, platform.challenge);
    judge.check(rules::binding, bound, [&] {
        return Detail{
            .expected = wanted.empty() ? "sha-256, sha-384 or sha-512" : hex(wanted),
            .found = wanted.empty() ? realm.public_key_hash_algorithm : hex(platform.challenge),
            .place = place_of(evidence, platform.challenge, "cca-platform-challenge")
        };
    });
}

void judge_expected(
    Judge& judge, Request const& request, PlatformClaims const& platform, RealmClaims const& realm
) {
    constexpr std::uint64_t secured = 0x30; // 0x3000 to 0x30ff
    judge.check(rules::lifecycle, platform.lifecycle >> 8 == secured, [&] {
        return Detail{
            .expected = "0x3000 to 0x30ff: secured",
            .found = hex(platform.lifecycle),
            .place = {.part = "token", .field = "arm-platform-lifecycle"}
        };
    });
    compare_report_data(
        judge,
        rules::report_data,
        {.value = realm.challenge,
         .place = place_of(request.evidence, realm.challenge, "cca-realm-challenge")}
    );
    compare_measurement(
        judge,
        rules::measurement,
        {.value = realm.initial_measurement,
         .place =
             place_of(request.evidence, realm.initial_measurement, "cca-realm-initial-measurement")}
    );
}

std::vector<std::byte> copy(base::View bytes) { return {bytes.begin(), bytes.end()}; }

} // namespace

Claims claims_of(PlatformClaims const& platform, RealmClaims const& realm, std::string key_source) {
    Claims out{
        .platform_profile = platform.profile,
        .platform_challenge = copy(platform.challenge),
        .platform_configuration = copy(platform.configuration),
        .platform_hash_algorithm = platform.hash_algorithm,
        .platform_verification_service = platform.verification_service,
        .platform_software = {},
        .realm_profile = realm.profile,
        .realm_hash_algorithm = realm.hash_algorithm,
        .realm_public_key = copy(realm.public_key),
        .realm_public_key_hash_algorithm = realm.public_key_hash_algorithm,
        .platform_instance_id = copy(platform.instance_id),
        .platform_implementation_id = copy(platform.implementation_id),
        .platform_lifecycle = platform.lifecycle,
        .platform_key_source = std::move(key_source),
        .realm_challenge = copy(realm.challenge),
        .realm_personalization_value = copy(realm.personalization),
        .realm_initial_measurement = copy(realm.initial_measurement),
        .realm_extensible_measurements = {}
    };
    for (auto const& value : realm.measurements)
        out.realm_extensible_measurements.push_back(copy(value));
    for (auto const& component : platform.components)
        out.platform_software.push_back(
            {.type = component.type,
             .measurement = copy(component.measurement),
             .version = component.version,
             .signer_id = copy(component.signer_id),
             .hash_algorithm = component.hash_algorithm}
        );
    return out;
}

std::optional<Claims> appraise(Judge& judge, Request const& request) {
    auto const evidence = request.evidence;
    if (!judge.check(rules::form, evidence.size() <= largest, [&] {
            return Detail{
                .expected = "at most 65536 bytes",
                .found = fmt::to_string(evidence.size()),
                .place = {.part = "token", .offset = largest, .field = "size"}
            };
        }))
        return {};
    auto const token = judge_parsed(judge, rules::form, parse_collection(evidence), evidence, 0);
    if (!token) return {};
    auto const platform = judge_parsed(
        judge,
        rules::platform_claims,
        parse_platform(token->platform.payload()),
        token->platform.payload(),
        offset_in(evidence, token->platform.payload())
    );
    auto const realm = judge_parsed(
        judge,
        rules::realm_claims,
        parse_realm(token->realm.payload()),
        token->realm.payload(),
        offset_in(evidence, token->realm.payload())
    );
    if (!platform || !realm) return {};
    judge_realm(judge, evidence, *token, *realm);
    judge_binding(judge, evidence, *platform, *realm);
    judge_expected(judge, request, *platform, *realm);
    auto const* key = judge_platform(judge, request, *token, *platform);
    appraise_leftovers(judge, request, {}, Revocable::AuthoritiesOnly);
    if (!key) return {};
    return claims_of(*platform, *realm, key->source);
}

bool looks_like(base::View evidence) {
    // d9 nn nn: a tag of 16 bits; a2: a map of two; 19 ac ca: 44234.
    auto const at = [&](std::size_t i) { return std::to_integer<unsigned>(evidence[i]); };
    return evidence.size() >= 7 && at(0) == 0xd9 && at(3) >> 5 == 5 && at(4) == 0x19 &&
           at(5) == 0xac && at(6) == 0xca;
}

} // namespace attest::cca
