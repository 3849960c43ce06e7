#pragma once

// A PKCS #10 certification request (RFC 2986), taken apart strictly: a key, the extensions that it
// asks for, and the key's own signature.

#include "crypto/certificate.hpp"

namespace crypto {

class CertificationRequest {
public:
    // Copies `der`, which holds one request and nothing behind it. The only attribute that has a
    // meaning here is extensionRequest; requests with others are refused.
    static base::Result<CertificationRequest, Malformed> parse(base::View der);

    base::View der() const { return *der_; }
    Signed const& signed_part() const { return signed_; }
    base::View subject() const { return subject_; } // Name in DER
    base::View public_key_info() const { return public_key_info_; }
    std::vector<Extension> const& extensions() const { return extensions_; }

private:
    CertificationRequest() = default;
    base::Result<void, Malformed> read(base::View der);
    base::Result<void, Malformed> read_content(DerReader content);
    base::Result<void, Malformed> read_attribute(DerReader& attributes);

    std::shared_ptr<std::vector<std::byte> const> der_; // all views below point into it
    Signed signed_;
    base::View subject_;
    base::View public_key_info_;
    std::vector<Extension> extensions_;
};

} // namespace crypto
