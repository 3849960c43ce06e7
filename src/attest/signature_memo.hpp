#pragma once

// Remembers which certificates and lists a key has signed, so that a chain is not verified anew for
// each report.

#include "crypto/certificate.hpp"
#include "crypto/digest.hpp"

#include <mutex>
#include <set>

namespace attest {

// That a key signed some bytes does not change with time or policy: only such facts are kept, and
// only true ones. Safe to share between threads.
class SignatureMemo {
public:
    // Whether the key in `public_key_info` signed it.
    bool verify(crypto::Signed const& signed_part, base::View public_key_info);

private:
    static constexpr std::size_t most = 4096; // then it starts afresh

    std::mutex mutex_;
    std::set<crypto::Sha256Digest> verified_;
};

// Through the memo, where there is one.
bool verify_signature(
    crypto::Signed const& signed_part, base::View public_key_info, SignatureMemo* memo
);

} // namespace attest
