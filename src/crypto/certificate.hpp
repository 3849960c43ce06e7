#pragma once

// An X.509 v3 certificate, taken apart strictly and kept exactly as it came (RFC 5280, 4.1).

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"
#include "crypto/public_key.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace crypto {

struct Extension {
    base::View oid;
    base::View value; // what the OCTET STRING holds
    bool critical = false;
};

// What a certificate may do for others (RFC 5280, 4.2.1.3 and 4.2.1.9).
struct Authority {
    bool certificate_authority = false;
    std::optional<std::uint64_t> path_length; // how many authorities may stand below this one
    bool may_sign_certificates = false;       // also where there is no keyUsage
    bool may_sign_lists = false;
    bool may_sign_data = false;
};

// Signed bytes: what was signed, by which algorithm, and the signature.
struct Signed {
    base::View content;
    SignatureAlgorithm algorithm{};
    base::View signature;

    bool verified_by(PublicKey const& key) const {
        return key.verify(algorithm, content, signature);
    }
};

class Certificate {
public:
    // Copies `der`, which holds one certificate and nothing behind it.
    static base::Result<Certificate, Malformed> parse(base::View der);

    base::View der() const { return *der_; }
    Signed const& signed_part() const { return signed_; }
    base::View serial() const { return serial_; } // content of the INTEGER
    base::View issuer() const { return issuer_; } // Name in DER
    base::View subject() const { return subject_; }
    base::View public_key_info() const { return public_key_info_; }
    std::chrono::sys_seconds not_before() const { return not_before_; }
    std::chrono::sys_seconds not_after() const { return not_after_; }
    std::vector<Extension> const& extensions() const { return extensions_; }
    Authority const& authority() const { return authority_; }

    Extension const* extension(base::View oid) const;
    bool self_issued() const { return base::equal(issuer_, subject_); }
    bool valid_at(std::chrono::sys_seconds at) const {
        return not_before_ <= at && at <= not_after_;
    }
    // An extension that is critical and that neither this class nor the caller knows.
    Extension const* unknown_critical() const;

private:
    Certificate() = default;
    base::Result<void, Malformed> parse_signed(base::View der);
    base::Result<void, Malformed> parse_content(base::View content, base::View algorithm);
    base::Result<void, Malformed> parse_extensions(base::View list);
    base::Result<void, Malformed> parse_authority();

    std::shared_ptr<std::vector<std::byte> const> der_; // all views below point into it
    Signed signed_;
    base::View serial_;
    base::View issuer_;
    base::View subject_;
    base::View public_key_info_;
    std::chrono::sys_seconds not_before_;
    std::chrono::sys_seconds not_after_;
    std::vector<Extension> extensions_;
    Authority authority_;
};

// One Extension (RFC 5280, 4.1); certificates, lists and requests hold them alike.
class DerReader;
base::Result<Extension, Malformed> parse_extension(DerReader& in);

} // namespace crypto
