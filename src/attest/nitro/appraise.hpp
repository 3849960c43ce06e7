#pragma once

// Appraises the attestation document of an AWS Nitro enclave.

#include "attest/judge.hpp"
#include "attest/nitro/document.hpp"
#include "attest/request.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace attest::nitro {

// What an accepted document says.
struct Claims {
    std::string module_id;
    std::chrono::sys_time<std::chrono::milliseconds> timestamp;
    std::map<std::uint64_t, std::vector<std::byte>> pcrs;
    std::optional<std::vector<std::byte>> public_key;
    std::optional<std::vector<std::byte>> user_data;
    std::optional<std::vector<std::byte>> nonce;
    bool debug = false;
};

std::optional<Claims> appraise(Judge& judge, Request const& request);

// What a document says, whoever signed it.
Claims claims_of(Document const& document);

// Whether bytes begin as such a document does: an array of four whose first part names an
// algorithm.
bool looks_like(base::View evidence);

} // namespace attest::nitro
