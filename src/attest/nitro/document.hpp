#pragma once

// The attestation document of an AWS Nitro enclave, as its payload has it. AWS Nitro Enclaves user
// guide, "Verifying the root of trust"; the limits are those of "Attestation document
// specification", section 3.1.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace attest::nitro {

// Views point into the payload.
struct Document {
    std::string module_id;
    std::chrono::sys_time<std::chrono::milliseconds> timestamp;
    std::map<std::uint64_t, base::View> pcrs; // 0 to 31; SHA-384
    base::View certificate;                   // DER, of the key that signed
    std::vector<base::View> cabundle;         // DER, root first
    std::optional<base::View> public_key;
    std::optional<base::View> user_data;
    std::optional<base::View> nonce;
};

// Each field once, the mandatory ones there, all within their limits; a field that nobody here
// knows is passed over.
base::Result<Document, crypto::Malformed> parse_document(base::View payload);

// A debug enclave: PCR 0, 1 and 2 are zeros.
bool debug_mode(Document const& document);

} // namespace attest::nitro
