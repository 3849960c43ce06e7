#include "attest/dcap/signer.hpp"

#include "crypto/name.hpp"

namespace attest::dcap {

namespace {

bool is_signer(Link const& link) {
    return crypto::common_name(link.value.subject()) == "Intel SGX TCB Signing";
}

} // namespace

Signer signer_of(Collateral const& document, Request const& request, std::span<Link const> pool) {
    Signer out;
    for (auto const links : {pool, request.endorsements.certificates()})
        for (auto const& link : links) {
            if (!is_signer(link)) continue;
            out.any = true;
            if (out.link && out.link->value.valid_at(request.at)) return out;
            if (verify_signature(
                    document.signed_part(), link.value.public_key_info(), request.memo
                ))
                if (!out.link || link.value.valid_at(request.at)) out.link = &link;
        }
    return out;
}

} // namespace attest::dcap
