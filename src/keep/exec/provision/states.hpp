#pragma once

// The life of a Keep that a tenant provisions, as types: each state is made only by the one before
// it, which is gone then. So there is no second grant, and no way back.
//
//     Empty ──take()──► Granted ──loaded()──► Ready ──► the application runs
//
// What is refused ends the Keep: whoever had it once, nobody else has it later.

#include "crypto/bound_channel.hpp"
#include "crypto/hpke.hpp"
#include "crypto/wipe.hpp"
#include "keep/exec/attestation/hardware.hpp"
#include "os/failure.hpp"
#include "protocol/evidence/evidence.hpp"
#include "protocol/provision/binding.hpp"
#include "protocol/provision/deployment.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exec::provision {

using Bytes = std::vector<std::byte>;
using protocol::evidence::Digest;

// Named as `enarx explain` knows it; the text says which rule.
template <class T> using OrRefusal = os::OrFailure<T>;

// What the Keep answers to an authenticator request on one connection.
struct Answer {
    Bytes authenticator;
    Bytes binding;
    protocol::evidence::ReportData report_data{};
    crypto::hpke::Suite suite = crypto::hpke::Suite::XWing;
    Bytes certificates; // of the hardware, as the host gave them: a hint; empty: none

    std::vector<base::View> endorsements() const {
        return certificates.empty() ? std::vector<base::View>{}
                                    : std::vector<base::View>{certificates};
    }
};

// What stays the same for the Keep's whole life.
struct Self {
    crypto::TlsCredential identity;
    base::Bytes<16> instance{};
    Digest orders{};
    std::optional<protocol::evidence::Measurement> measurement; // of the launch, as the host says
    std::optional<attestation::Hardware> hardware;              // that vouches for the Keep
};

class Granted;
class Ready;

class Empty {
public:
    // Makes its keys; nothing of the host was read yet. `orders`: SHA-256 of what it ordered.
    static os::OrFailure<Empty> born(
        Digest const& orders,
        std::optional<protocol::evidence::Measurement> const& measurement,
        std::optional<attestation::Hardware> hardware = {}
    );

    crypto::TlsCredential const& identity() const { return born_->self.identity; }
    // "channel-unbound": there is no such request, or the connection is none for evidence.
    // "keep-not-empty": a grant was taken or refused.
    OrRefusal<Answer> answer(crypto::BoundChannel const& channel, crypto::hpke::Suite suite) const;
    // Opens a grant that was sealed for `answered`, on the same connection. Whatever comes of it,
    // the recipient keys are gone, and every further grant is refused.
    OrRefusal<Granted> take(base::View sealed, Answer const& answered) &&;

private:
    struct Born {
        Self self;
        crypto::hpke::Key x25519;
        crypto::hpke::Key x_wing;

        crypto::hpke::Key const& recipient(crypto::hpke::Suite suite) const;
    };
    explicit Empty(std::unique_ptr<Born> born) : born_{std::move(born)} {}
    static OrRefusal<Granted> open(Born& born, base::View sealed, Answer const& answered);

    std::unique_ptr<Born> born_; // none once a grant was taken or refused
};

struct Secret {
    std::string name;
    crypto::SecretBytes value;
};

// A registry that has the package, as the grantor says. Its blobs are believed by their digests.
struct GrantedSource {
    std::string repository; // "https://host:port/shop/api"
    std::optional<crypto::SecretBytes> credentials;
    std::optional<std::string> authorities; // PEM
};

class Granted {
public:
    // Views of what this holds.
    protocol::provision::Deployment const& deployment() const { return deployment_; }
    Digest const& tenant() const { return tenant_; }
    // Of the key that signed the grant.
    Digest const& grantor() const { return grantor_; }
    std::optional<crypto::SecretBytes> const& package_key() const { return package_key_; }
    std::vector<GrantedSource> const& sources() const { return sources_; }
    std::uint64_t time() const { return time_; } // of the grantor; 0: not said

    // What was loaded is what was granted: "workload-differs", "configuration-differs". Whatever
    // comes of it, nothing of the grant is left here.
    OrRefusal<Ready> loaded(Digest const& workload, Digest const& configuration) &&;

private:
    friend class Empty;
    friend class Ready;
    Granted() = default;
    void forget();

    std::optional<Self> self_; // none: the grant is used up
    Bytes payload_;            // of the deployment; deployment_ refers to it
    protocol::provision::Deployment deployment_;
    Digest tenant_{};
    Digest grantor_{};
    std::optional<crypto::SecretBytes> package_key_;
    std::vector<Secret> secrets_;
    std::vector<GrantedSource> sources_;
    std::vector<Bytes> authorities_;
    std::uint64_t time_ = 0;
};

class Ready {
public:
    protocol::provision::Deployment const& deployment() const { return granted_.deployment(); }
    Digest const& tenant() const { return granted_.tenant(); }
    Digest const& grantor() const { return granted_.grantor(); }
    crypto::TlsCredential const& identity() const { return granted_.self_->identity; }
    std::vector<Secret> const& secrets() const { return granted_.secrets_; }
    // Certificates (DER) of those who certify other Keeps.
    std::vector<Bytes> const& authorities() const { return granted_.authorities_; }
    bool demands_hardware() const { return granted_.deployment().hardware; }

    OrRefusal<Answer> answer(crypto::BoundChannel const& channel) const;

private:
    friend class Granted;
    Ready(Granted granted, Digest const& workload, Digest const& configuration)
        : granted_{std::move(granted)}, workload_{workload}, configuration_{configuration} {}

    Granted granted_;
    Digest workload_;
    Digest configuration_;
};

} // namespace exec::provision
