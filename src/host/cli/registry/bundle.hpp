#pragma once

// Signatures as cosign 3 keeps them: a statement in the form of in-toto, in an envelope (DSSE),
// in a sigstore bundle, in JSON.

#include "host/cli/registry/signature.hpp"

namespace host::cli {

inline constexpr std::string_view bundle_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
inline constexpr std::string_view bundle_family = "application/vnd.dev.sigstore.bundle";
inline constexpr std::size_t largest_bundle = std::size_t{256} << 10;
// That somebody stands for a package; statements of other kinds say something of it.
inline constexpr std::string_view sign_predicate = "https://sigstore.dev/cosign/sign/v1";

os::OrFailure<PackageSignature>
sign_statement(std::string const& digest, crypto::P256SigningKey const& key);
// `key`: SubjectPublicKeyInfo of who signed, as a hint.
std::string bundle_of(PackageSignature const& signature, base::View key);
// The signatures in a bundle; none in any other text, and in a bundle without a statement.
std::vector<PackageSignature> signatures_in_bundle(base::View bundle);

// What is signed of a payload in an envelope: the payload and its type.
std::string signed_text(std::string_view type, std::string_view payload);
// The digests ("sha256:HEX") that a statement of who stands for a package is about; none for any
// other statement.
std::vector<std::string> digests_in_statement(std::string const& payload);

} // namespace host::cli
