#pragma once

// What AMD's extensions say in a VCEK or VLEK certificate (publication 57230, 3.1).

#include "base/result.hpp"
#include "crypto/certificate.hpp"
#include "hw/snp/attestation_report.hpp"

#include <optional>
#include <string>

namespace attest::snp {

using hw::snp::Product;

struct Leaf {
    hw::snp::KeyInfo::SigningKey kind{};
    Product product{};
    std::string product_name;
    hw::snp::Tcb tcb;
    base::View hwid;                   // VCEK; points into the certificate
    std::optional<std::string> csp_id; // VLEK
};

std::string_view name_of(Product product);

// Whether it calls itself a VCEK or VLEK at all, and which.
std::optional<hw::snp::KeyInfo::SigningKey> leaf_kind(crypto::Certificate const& certificate);

// The certificate outlives the Leaf.
base::Result<Leaf, crypto::Malformed> parse_leaf(crypto::Certificate const& certificate);

} // namespace attest::snp
