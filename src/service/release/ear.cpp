#include "service/release/ear.hpp"

#include "attest/ear/ear.hpp"
#include "base/hex.hpp"
#include "crypto/base64.hpp"
#include "crypto/digest.hpp"

namespace service {

namespace {

using attest::result::Json;

// RFC 7800, 3.2, of a key on P-256: its SubjectPublicKeyInfo ends with x and y.
Json confirmation(base::View identity_key) {
    constexpr std::size_t half = 32;
    auto const point = identity_key.last(2 * half);
    return {
        {"jwk",
         {{"kty", "EC"},
          {"crv", "P-256"},
          {"x", crypto::encode_base64url(point.first(half))},
          {"y", crypto::encode_base64url(point.last(half))}}}
    };
}

} // namespace

std::string policy_id(std::optional<std::string> const& policy_text) {
    if (!policy_text) return "urn:x-enarx:policy:strict";
    return "ni:///sha-256;" + crypto::encode_base64url(crypto::sha256(base::view_of(*policy_text)));
}

base::Result<std::string> ear_of(EarWish const& wish, crypto::P384SigningKey const& key) {
    auto out = attest::result::ear_json(
        wish.appraisal,
        {.developer = "Enarx in C++",
         .build = "enarx-steward",
         .policy_id = wish.policy_id,
         .at = wish.at,
         .nonce = {}}
    );
    auto keep = out["submods"].front(); // the one submodule, under the name of its technology
    keep["enarx.evidence"] = attest::short_name_of(wish.appraisal.kind());
    keep["enarx.keep"] = wish.keep;
    if (auto const& runs = wish.channel.runs()) {
        keep["enarx.tenant"] = base::hex(runs->tenant);
        keep["enarx.deployment"] = Json::array({runs->deployment, runs->serial});
        keep["enarx.workload"] = base::hex(runs->workload);
        keep["enarx.configuration"] = base::hex(runs->configuration);
        keep["enarx.package"] = base::hex(runs->package);
    }
    if (wish.leaf) keep["enarx.log"] = Json::array({wish.lines, *wish.leaf});
    out["submods"] = Json::object({{"keep", std::move(keep)}});
    out["iss"] = wish.issuer;
    out["exp"] = wish.not_after.time_since_epoch().count();
    out["cnf"] = confirmation(wish.channel.identity_key());
    return attest::result::ear_jwt(out, key);
}

} // namespace service
