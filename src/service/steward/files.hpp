#pragma once

// The service's folder: what `init` makes in it, and how it is read.
//
//     steward.toml                    configuration
//     root.pem, root.key              authority; the key may be kept elsewhere
//     intermediate.pem, .key          what signs certificates of Keeps; a key may be in a token
//     ear.key                         signs attestation results
//     grantor.key, grantor.pem        signs grants; deployments list it
//     secrets.key                     tenants seal for it
//     tls.pem, tls.key                what connections see
//     log.key, log.vkey               signs the log's checkpoints; deployments may name it
//     kek                             over all secrets in the database (seal/rotation.hpp)
//     policies/                       policy files that deployments may name
//     steward.db, log/                state

#include "crypto/ed25519_signing_key.hpp"
#include "service/ca/authority.hpp"
#include "service/config/settings.hpp"
#include "service/release/keys.hpp"
#include "service/release/ruling.hpp"
#include "service/signer/token_signer.hpp"

#include <map>
#include <string>

namespace service {

struct InitWish {
    std::string folder;
    std::string name = "localhost";
    std::string listen = "127.0.0.1:8443";
    std::optional<SignerSettings> signer = {}; // its pin-file: an absolute path
};
// Makes the folder, whole or not at all. Failure file-exists where it is there and not empty.
os::OrFailure<void> init(InitWish const& wish, std::chrono::sys_seconds at);

struct Files {
    std::string folder;
    Settings settings;
    Authority authority;
    std::shared_ptr<TokenSigner const> token; // that the authority signs with; null: a key of ours
    ServiceKeys keys;
    crypto::Ed25519SigningKey log_key;
    Anchors anchors;
    std::map<Digest, std::string> policies; // by their digests
    std::map<std::string, Digest, std::less<>> policy_names;
    std::string tls_chain;
    std::string tls_key;

    std::string database() const { return folder + "/steward.db"; }
    std::string log() const { return folder + "/log"; }
};
// `config`: path of steward.toml; everything else lies beside it. Failures: service-unusable,
// service-configuration-invalid, ca-unusable, policy-invalid, endorsement-unusable.
os::OrFailure<std::unique_ptr<Files>>
read_files(std::string const& config, std::chrono::sys_seconds at);

// A new key over all secrets, while the service does not run; the value: how many there were.
// Failures: as above and store-in-use, kek-unusable, secret-unreadable.
os::OrFailure<std::uint64_t> rotate_kek_of(std::string const& config, std::chrono::sys_seconds at);

// The folder of steward.toml: everything else lies in it.
std::string folder_of(std::string const& config);

// The authority's certificate for another year; what issues is put in the place of the old, each
// file whole. The service reads it when it starts. When it ends now is the value.
os::OrFailure<std::chrono::sys_seconds>
renew_intermediate(std::string const& config, std::chrono::sys_seconds at);

// Who signs: the file, or the token that the configuration names. Failures service-unusable,
// ca-unusable; nothing is started yet.
os::OrFailure<std::shared_ptr<crypto::P384Signer const>> open_signer(
    std::string const& folder,
    SignerSettings const& settings,
    SignerRole role,
    std::string_view certificate
);

// Of a key. Failure service-unusable: others may read it.
os::OrFailure<std::string> read_secret(std::string const& path);

// At most `most` bytes. Failure service-unusable.
os::OrFailure<std::string> read_text(std::string const& path, std::size_t most);

} // namespace service
