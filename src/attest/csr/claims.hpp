#pragma once

// What an accepted certification request says.

#include "attest/dcap/claims.hpp"
#include "attest/snp/claims.hpp"

#include <variant>
#include <vector>

namespace attest::csr {

struct Claims {
    std::vector<std::byte> public_key_info; // bound to the evidence
    std::variant<snp::Claims, dcap::Claims> evidence;
};

} // namespace attest::csr
