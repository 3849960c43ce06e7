#pragma once

// An X.509 certificate revocation list, taken apart strictly and kept exactly as it came (RFC
// 5280, 5.1).

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/certificate.hpp"
#include "crypto/malformed.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace crypto {

struct Revocation {
    base::View serial; // content of the INTEGER
    std::chrono::sys_seconds date;
};

class RevocationList {
public:
    // Copies `der`, which holds one list and nothing behind it. Lists without nextUpdate, and those
    // whose meaning hangs on a critical extension (partial, delta and indirect ones), are refused.
    static base::Result<RevocationList, Malformed> parse(base::View der);

    base::View der() const { return *der_; }
    Signed const& signed_part() const { return signed_; }
    base::View issuer() const { return issuer_; }
    std::chrono::sys_seconds this_update() const { return this_update_; }
    std::chrono::sys_seconds next_update() const { return next_update_; }
    std::vector<Revocation> const& revocations() const { return revocations_; }

    Revocation const* find(base::View serial) const;

private:
    RevocationList() = default;
    base::Result<void, Malformed> parse_signed(base::View der);
    base::Result<void, Malformed> parse_content(DerReader fields, base::View algorithm);
    base::Result<void, Malformed> parse_revocations(DerReader entries);

    std::shared_ptr<std::vector<std::byte> const> der_; // all views below point into it
    Signed signed_;
    base::View issuer_;
    std::chrono::sys_seconds this_update_;
    std::chrono::sys_seconds next_update_;
    std::vector<Revocation> revocations_;
};

} // namespace crypto
