#pragma once

// A quote taken apart: every length exact, nothing behind it but zeros.

#include "attest/dcap/claims.hpp"
#include "attest/judge.hpp"

#include <optional>

namespace attest::dcap {

struct Quote {
    hw::quote::Header header;
    Body body;
    std::size_t body_offset = 0;
    base::View signed_part; // header, descriptor and body
    std::size_t signature_offset = 0;
    hw::quote::EcdsaSignatureHead head;
    hw::quote::QeReport qe;
    base::View qe_report; // the signed bytes of `qe`
    std::size_t qe_offset = 0;
    base::View qe_authentication;
    std::uint16_t certification_type = 0;
    base::View certification;
    std::size_t certification_offset = 0;
};

// With findings for the rules on the form of a quote; nothing where one of them failed. The quote
// points into `evidence`.
std::optional<Quote> read_quote(Judge& judge, base::View evidence);

} // namespace attest::dcap
