#pragma once

// Who the Keep is towards its TLS peers, and whom its deployment has it believe among them.

#include "crypto/tls_credential.hpp"
#include "crypto/tls_peers.hpp"
#include "keep/exec/net/live_credential.hpp"
#include "package/configuration.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace exec::net {

// One key and one certificate for all entries without a certificate of their own, made when they
// are first needed: an application without TLS pays nothing for them. The Keep signs the
// certificate itself, for localhost, 127.0.0.1, ::1 and the addresses that these entries listen
// at.
class Identity {
public:
    // `files`: of the configuration.
    explicit Identity(std::span<package::File const> files = {});

    // Take this for the Keep's key; its certificate is made anew with the names of the entries.
    void be(crypto::TlsCredential const& identity) { given_ = identity.share(); }
    // Take this for the Keep's key and certificate, as long as there is no newer one.
    void show(std::shared_ptr<LiveCredential const> live) { live_ = std::move(live); }
    // Take these, PEM, for the authorities of the deployment.
    void trust(std::vector<std::string> authorities) { authorities_ = std::move(authorities); }
    // Peers have to be protected by hardware where an entry does not say otherwise: this Keep has
    // to be, too.
    void demand_hardware() { hardware_ = true; }
    crypto::Unprotected unprotected(package::Tls const& settings) const {
        return settings.peers_without_hardware.value_or(!hardware_) ? crypto::Unprotected::Admitted
                                                                    : crypto::Unprotected::Refused;
    }
    // The entry's own, or those of the deployment where it wants them.
    std::vector<std::string> const& authorities(package::Tls const& settings) const {
        return settings.authorities_of_deployment ? authorities_ : settings.authorities;
    }
    // That one; null where the entry brings its own, or nobody has certified the Keep.
    std::shared_ptr<LiveCredential const> live(package::Tls const& settings) const;

    // The entry's own certificate and key if it has them, otherwise the Keep's.
    crypto::TlsResult<crypto::TlsCredential> credential(package::Tls const& settings) const;

    // Whether that is the Keep's.
    static bool is_shown_for(package::Tls const& settings);

    // PEM of the Keep's certificate; nothing if no entry presents it.
    crypto::TlsResult<std::optional<std::string>> certificate() const;

private:
    crypto::TlsResult<crypto::TlsCredential> own() const;
    void add_name(std::string const& name);

    std::vector<std::string> names_; // DNS names or IP literals
    bool presented_ = false;
    std::optional<crypto::TlsCredential> given_;
    std::shared_ptr<LiveCredential const> live_;
    std::vector<std::string> authorities_;
    bool hardware_ = false;
    mutable std::optional<crypto::TlsCredential> own_;
};

} // namespace exec::net
