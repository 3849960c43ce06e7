// Attestation results (EAR) that somebody signed: JWT and CWT.

#include "attest/cose/sign1.hpp"
#include "attest/inspect/companions.hpp"
#include "attest/inspect/kinds.hpp"
#include "attest/inspect/result_claims.hpp"
#include "attest/jose/jws.hpp"
#include "attest/trust_key.hpp"

namespace attest::inspect {

namespace {

constexpr std::string_view key_wanted = "the verifier's public key as JWK";

// By the keys beside it, of which none has a name: one has to fit.
template <class Token>
void check_signature(
    Description& out, Token const& token, Artefacts beside, std::string const& algorithm
) {
    Place const place{.part = "", .offset = token.signature_offset(), .field = "signature"};
    if (!token.algorithm()) {
        out.check(
            "signature",
            false,
            {.expected = "ES256, ES384 or ES512", .found = algorithm, .place = place}
        );
        return;
    }
    auto const files = of_kind(beside, Kind::TrustKeys);
    if (files.empty()) {
        out.not_checked("signature", without(key_wanted));
        return;
    }
    bool good = false;
    for (auto const* file : files)
        for (auto const& key :
             parse_trust_keys(file->bytes, file->source).value_or(std::vector<TrustKey>{}))
            good = good || token.verified_by(key.key);
    out.check(
        "signature",
        good,
        {.expected = "a signature by a key of " + files.front()->source,
         .found = "one that does not verify",
         .place = place}
    );
}

// One line end may follow, as editors and shells leave it.
std::string_view token_text(base::View bytes) {
    auto text = base::text_of(bytes);
    if (text.ends_with('\n')) text.remove_suffix(1);
    return text;
}

Description describe_jwt(Artefact const& artefact, Artefacts beside) {
    Description out{.kind = "attestation result (EAR) as JWT"};
    auto const jws = jose::Jws::parse(token_text(artefact.bytes));
    if (!jws) {
        out.malformed(jws.error(), artefact.bytes);
        return out;
    }
    out.fields = {{"algorithm", jws->algorithm_name()}};
    auto claims = claims_of_jwt(jws->payload());
    if (!claims) {
        out.malformed(claims.error(), jws->payload());
        out.checks.back().detail.place.part = "payload";
        return out;
    }
    out.passed("form");
    bool const ear = claims->contains("submods") || claims->contains("ear_verifier_id");
    if (ear) check_ear(out, *claims);
    if (!ear) out.kind = "JSON Web Token";
    out.fields["claims"] = std::move(*claims);
    check_signature(out, *jws, beside, jws->algorithm_name());
    return out;
}

Description describe_cwt(Artefact const& artefact, Artefacts beside) {
    Description out{.kind = "attestation result (EAR) as CWT"};
    auto const sign1 = cose::Sign1::parse(artefact.bytes);
    if (!sign1) {
        out.malformed(sign1.error(), artefact.bytes);
        return out;
    }
    auto const algorithm = sign1->algorithm() ? std::string{cose::name_of(*sign1->algorithm())}
                                              : std::to_string(sign1->algorithm_number());
    out.fields = {{"algorithm", algorithm}};
    auto claims = claims_of_cwt(sign1->payload());
    if (!claims) {
        auto const& why = claims.error();
        out.malformed(
            {.what = why.what, .offset = sign1->payload_offset() + why.offset}, artefact.bytes
        );
        return out;
    }
    out.passed("form");
    check_ear(out, *claims);
    out.fields["claims"] = std::move(*claims);
    check_signature(out, *sign1, beside, algorithm);
    return out;
}

} // namespace

Description describe_attestation_result(Artefact const& artefact, Artefacts beside) {
    return jose::looks_like_jws(artefact.bytes) ? describe_jwt(artefact, beside)
                                                : describe_cwt(artefact, beside);
}

} // namespace attest::inspect
