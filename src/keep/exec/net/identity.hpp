#pragma once

// Who the Keep is towards its TLS peers.

#include "crypto/tls_credential.hpp"
#include "package/configuration.hpp"

#include <optional>
#include <span>
#include <string>

namespace exec::net {

// One key for all entries, made when the first of them needs it: an application without TLS pays
// nothing for it.
class Identity {
public:
    // The entry's own certificate and key if it has them. Otherwise the Keep's key, with a
    // certificate that it signs itself for `names` (DNS names or IP literals), localhost, 127.0.0.1
    // and ::1.
    crypto::TlsResult<crypto::TlsCredential>
    credential(package::Tls const& settings, std::span<std::string const> names) const;

private:
    crypto::TlsResult<crypto::TlsKey> key() const;

    mutable std::optional<crypto::TlsKey> key_;
};

} // namespace exec::net
