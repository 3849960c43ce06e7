#include "attest/certificate/check.hpp"

#include "attest/form.hpp"
#include "attest/snp/appraise.hpp"
#include "attest/snp/rules.hpp"
#include "crypto/der.hpp"
#include "crypto/name.hpp"

namespace attest::certificate {

Rules rules() { return snp::rules::certificate; }

Check check(Request const& request) {
    Judge judge{request.policy, rules(), request.expected};
    auto parsed = crypto::Certificate::parse(request.evidence);
    bool const formed = judge.check(snp::rules::certificate_form, parsed.has_value(), [&] {
        return malformed(parsed.error(), request.evidence, "certificate");
    });
    if (!formed) return {std::move(judge).finish(), {}};
    Sourced<crypto::Certificate> const certificate{std::move(*parsed), "certificate"};
    snp::appraise_certificate(judge, request, certificate);
    auto subject = crypto::common_name(certificate.value.subject()).value_or("");
    return {std::move(judge).finish(), std::string{subject}};
}

// A revocation list, too, begins with two SEQUENCEs and names its issuer; but it starts with its
// version, an INTEGER.
bool looks_like(base::View bytes) {
    crypto::DerReader outer{bytes};
    auto certificate = outer.enter(crypto::Tag::Sequence, "");
    if (!certificate || !certificate->at(crypto::Tag::Sequence) ||
        !base::text_of(bytes).contains("Advanced Micro Devices"))
        return false;
    auto const content = certificate->enter(crypto::Tag::Sequence, "");
    return !content || !content->at(crypto::Tag::Integer);
}

} // namespace attest::certificate
