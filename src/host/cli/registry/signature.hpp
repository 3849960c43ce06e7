#pragma once

// Signatures of packages: cosign's "simple signing" payloads, which registries keep under the tag
// sha256-HEX.sig of what was signed.

#include "crypto/p256_signing_key.hpp"
#include "crypto/public_key.hpp"
#include "net/registry/registry.hpp"
#include "os/failure.hpp"

#include <span>
#include <string>
#include <vector>

namespace host::cli {

// Of nobody in particular until a key has verified it.
struct PackageSignature {
    std::string payload;              // JSON; its bytes are what is signed
    std::vector<std::byte> signature; // ECDSA in DER, or RSA
};

// PEM, "PUBLIC KEY".
os::OrFailure<crypto::PublicKey> read_public_key(std::string const& path);

os::OrFailure<PackageSignature>
sign_package(std::string const& name, std::string const& digest, crypto::P256SigningKey const& key);

// All that the registry has for that digest; none: an empty list.
os::OrFailure<std::vector<PackageSignature>>
signatures_of(net::registry::Registry& registry, std::string const& digest);
// One more of them.
os::OrFailure<void> add_signature(
    net::registry::Registry& registry, std::string const& digest, PackageSignature const& signature
);

// Beside a package file, as FILE.sig.
std::string signature_path_of(std::string const& package);
std::string signature_file_of(std::span<PackageSignature const> signatures);
// None where there is no such file.
os::OrFailure<std::vector<PackageSignature>> read_signatures(std::string const& path);

// Whether one of them says, by that key, that this manifest is signed; "signature-missing" where
// there is none at all, "signature-untrusted" with what is wrong with each.
os::OrFailure<void> verified_signature(
    std::string const& digest,
    std::span<PackageSignature const> signatures,
    crypto::PublicKey const& key
);
// The same of a package file, by the signatures beside it and a file with the key.
os::OrFailure<void>
verified_file(std::string const& package, std::string const& digest, std::string const& key_path);

} // namespace host::cli
