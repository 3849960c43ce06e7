#pragma once

// An SGXS stream: what is measured while an SGX enclave is built, and so its MRENCLAVE. Intel SDM
// volume 3D, 40.3 (ECREATE, EADD, EEXTEND).

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/digest.hpp"
#include "crypto/malformed.hpp"

#include <cstdint>

namespace attest::measure {

struct EnclaveBuild {
    crypto::Sha256Digest mr_enclave;
    std::uint64_t size = 0; // of the enclave's range
    std::uint32_t ssa_frame_pages = 0;
    std::size_t pages = 0;            // EADD
    std::size_t thread_pages = 0;     // of these, TCS
    std::size_t measured_parts = 0;   // EEXTEND, 256 bytes each
    std::size_t unmeasured_parts = 0; // UNMEASRD: loaded, but anything may be in them
};

bool looks_like_sgxs(base::View bytes);

// ECREATE first and once; each EADD at a page of its own inside the enclave; each EEXTEND or
// UNMEASRD inside a page that was added.
base::Result<EnclaveBuild, crypto::Malformed> parse_sgxs(base::View stream);

} // namespace attest::measure
