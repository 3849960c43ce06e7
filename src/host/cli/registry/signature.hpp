#pragma once

// Signatures of packages, in both forms that cosign has had: "simple signing" payloads, which
// registries keep under the tag sha256-HEX.sig of what was signed, and statements in sigstore
// bundles (bundle.hpp), which refer to it.

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
    // Of a payload in an envelope (DSSE), which is signed along with it; empty: the older form,
    // whose payload alone is signed.
    std::string type;
    std::string payload;              // JSON
    std::vector<std::byte> signature; // ECDSA in DER, or RSA
};

// PEM, "PUBLIC KEY".
os::OrFailure<crypto::PublicKey> read_public_key(std::string const& path);

os::OrFailure<PackageSignature>
sign_package(std::string const& name, std::string const& digest, crypto::P256SigningKey const& key);

// All that the registry has for that digest, in both forms; none: an empty list.
os::OrFailure<std::vector<PackageSignature>>
signatures_of(net::registry::Registry& registry, std::string const& digest);
// Those of each form alone.
os::OrFailure<std::vector<PackageSignature>>
signatures_under_tag(net::registry::Registry& registry, std::string const& digest);
os::OrFailure<std::vector<PackageSignature>>
signatures_that_refer(net::registry::Registry& registry, std::string const& digest);

// What is signed, as a registry has it.
struct Signed {
    std::string name; // of the repository
    std::string digest;
    std::uint64_t size = 0; // of the manifest
};
// Signs it in both forms, so that whoever knows one of them finds it.
os::OrFailure<void> sign_in_registry(
    net::registry::Registry& registry, Signed const& package, crypto::P256SigningKey const& key
);
// One more of the older form.
os::OrFailure<void> add_signature(
    net::registry::Registry& registry, std::string const& digest, PackageSignature const& signature
);
// One that refers to it. `key`: SubjectPublicKeyInfo of who signed.
os::OrFailure<void> attach_signature(
    net::registry::Registry& registry,
    Signed const& package,
    PackageSignature const& signature,
    base::View key
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
