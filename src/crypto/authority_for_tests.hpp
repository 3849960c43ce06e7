#pragma once

// An authority of a test that issues certificates as an attestation service does for Keeps.

#include "crypto/issue.hpp"
#include "crypto/pem.hpp"
#include "crypto/tls_pair_for_tests.hpp"

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace crypto::testing {

class TestAuthority {
public:
    TestAuthority() {
        auto const der = *issue_certificate(
            {.name = name_, .key = signer_},
            {.serial = *fresh_serial(),
             .subject = name_,
             .public_key = signer_.public_key(),
             .not_before = now() - std::chrono::minutes{1},
             .not_after = now() + std::chrono::hours{1},
             .authorities_below = 0}
        );
        pem_ = {write_pem("CERTIFICATE", der)};
    }
    TlsCredential issue(
        std::vector<std::string> const& uris,
        std::vector<std::string> const& dns = {},
        std::string const& unit = ""
    ) const {
        auto key = *TlsKey::generate();
        auto const public_key =
            TlsCredential::self_signed(key.share(), std::array<std::string, 1>{"x"}, now())
                ->public_key();
        auto const der = *issue_certificate(
            {.name = name_, .key = signer_},
            {.serial = *fresh_serial(),
             .subject = name_of("a Keep", unit),
             .public_key = public_key,
             .not_before = now() - std::chrono::minutes{1},
             .not_after = now() + std::chrono::hours{1},
             .dns_names = dns,
             .uris = uris}
        );
        std::array<base::View, 1> const chain{der};
        return *TlsCredential::issued(std::move(key), chain);
    }
    std::vector<std::string> const& pem() const { return pem_; }

private:
    OwnP384Signer signer_{*P384SigningKey::generate()};
    std::vector<std::byte> name_ = name_of("Keeps");
    std::vector<std::string> pem_;
};

} // namespace crypto::testing
