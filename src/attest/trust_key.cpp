#include "attest/trust_key.hpp"

#include "base/hex.hpp"
#include "crypto/base64.hpp"

#include <nlohmann/json.hpp>

namespace attest {

namespace {

using Json = nlohmann::json;
using base::Result;

constexpr std::size_t largest = 1024 * 1024;

struct Curve {
    std::string_view name; // RFC 7518, 6.2.1.1
    crypto::KeyKind kind;
    std::size_t coordinate; // bytes
};
constexpr std::array curves{
    Curve{"P-256", crypto::KeyKind::P256, 32},
    Curve{"P-384", crypto::KeyKind::P384, 48},
    Curve{"P-521", crypto::KeyKind::P521, 66},
};

std::unexpected<Unusable>
unusable(std::string const& source, std::string expected, std::string found) {
    return std::unexpected(Unusable{source, 0, std::move(expected), std::move(found)});
}

std::string text_of(Json const& object, char const* name) {
    auto const found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

Result<crypto::PublicKey, Unusable> parse_key(Json const& jwk, std::string const& source) {
    if (!jwk.is_object() || text_of(jwk, "kty") != "EC")
        return unusable(source, "a JWK with kty EC", "another value");
    if (jwk.contains("d")) return unusable(source, "a public key", "a private one: keep it secret");
    auto const name = text_of(jwk, "crv");
    auto const* curve = std::ranges::find(curves, name, &Curve::name);
    if (curve == curves.end()) return unusable(source, "crv P-256, P-384 or P-521", name);
    auto x = crypto::decode_base64url(text_of(jwk, "x"));
    auto const y = crypto::decode_base64url(text_of(jwk, "y"));
    if (!x || !y || x->size() != curve->coordinate || y->size() != curve->coordinate)
        return unusable(source, "coordinates x and y of the curve's length in base64url", "others");
    x->insert(x->end(), y->begin(), y->end());
    auto key = crypto::PublicKey::from_point(curve->kind, *x);
    if (!key) return unusable(source, "a point of the curve " + name, "another");
    return std::move(*key);
}

Result<std::optional<std::vector<std::byte>>, Unusable>
parse_id(Json const& entry, char const* name, std::string const& source) {
    if (!entry.contains(name)) return std::optional<std::vector<std::byte>>{};
    auto const text = text_of(entry, name);
    auto out = base::unhex(text);
    if (text.empty() || !out) return unusable(source, std::string(name) + " in hexadecimal", text);
    return out;
}

Result<TrustKey, Unusable> parse_entry(Json const& entry, std::string const& source) {
    if (!entry.is_object() || !entry.contains("pkey"))
        return unusable(source, "an object with a pkey", "another value");
    TrustKey out{.key = TRY(parse_key(entry.at("pkey"), source)), .source = source};
    out.instance_id = TRY(parse_id(entry, "instance-id", source));
    out.implementation_id = TRY(parse_id(entry, "implementation-id", source));
    return out;
}

} // namespace

Result<std::vector<TrustKey>, Unusable>
parse_trust_keys(base::View bytes, std::string const& source) {
    if (bytes.size() > largest) return unusable(source, "at most 1 MiB of JSON", "more");
    auto const json = Json::parse(base::text_of(bytes), nullptr, false);
    if (json.is_discarded()) return unusable(source, "JSON", "something else");
    std::vector<TrustKey> out;
    if (json.is_object()) {
        out.push_back({.key = TRY(parse_key(json, source)), .source = source});
        return out;
    }
    if (!json.is_array() || json.empty())
        return unusable(source, "a JWK or an array of objects with a pkey", "another value");
    for (auto const& entry : json) out.push_back(TRY(parse_entry(entry, source)));
    return out;
}

bool looks_like_trust_keys(base::View bytes) {
    auto const text = base::text_of(bytes);
    auto const first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && (text[first] == '{' || text[first] == '[') &&
           text.contains("\"kty\"");
}

} // namespace attest
