// Payloads, keys and what they prove; registry and file stand in signature_store.cpp.

#include "host/cli/registry/signature.hpp"

#include "base/json_string.hpp"
#include "crypto/pem.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/registry/bundle.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "package/oci/json.hpp"

#include <algorithm>

namespace host::cli {

namespace {

constexpr std::size_t largest_key = std::size_t{64} << 10;
constexpr std::size_t largest_payload = std::size_t{64} << 10;
constexpr std::string_view payload_type = "cosign container image signature";

// The digest that a payload of cosign's older form names; nothing for any other text.
std::string digest_in(std::string const& payload) {
    auto const json = package::oci::parse(base::view_of(payload), largest_payload, "payload");
    if (!json || !json->contains("critical")) return {};
    auto const& critical = json->at("critical");
    if (!critical.is_object() || !critical.contains("image") || !critical.at("image").is_object())
        return {};
    auto const type = package::oci::text_at(critical, "type", "");
    auto const digest = package::oci::text_at(critical.at("image"), "docker-manifest-digest", "");
    if (!type || *type != payload_type || !digest) return {};
    return *digest;
}

std::vector<std::string> digests_named(PackageSignature const& one) {
    if (!one.type.empty()) return digests_in_statement(one.payload);
    auto digest = digest_in(one.payload);
    if (digest.empty()) return {};
    return {std::move(digest)};
}

bool verifies(PackageSignature const& one, crypto::PublicKey const& key) {
    auto const algorithm = key.kind() == crypto::KeyKind::Rsa
                               ? crypto::SignatureAlgorithm::RsaPkcs1Sha256
                               : crypto::SignatureAlgorithm::EcdsaSha256;
    auto const text = one.type.empty() ? one.payload : signed_text(one.type, one.payload);
    return key.verify(algorithm, base::view_of(text), one.signature);
}

} // namespace

os::OrFailure<crypto::PublicKey> read_public_key(std::string const& path) {
    auto const text = TRY(read_whole(path, largest_key));
    auto const unusable = [&](std::string const& why) {
        return failure(
            "key-unusable",
            '\'' + path + "' holds no public key: " + why,
            "one PEM block, PUBLIC KEY: `cosign public-key`, or `openssl pkey -pubout -in KEY`"
        );
    };
    auto const blocks = crypto::parse_pem(text.view());
    if (!blocks) return unusable("expected " + std::string{blocks.error().what});
    if (blocks->size() != 1 || blocks->front().label != "PUBLIC KEY")
        return unusable("expected one block PUBLIC KEY");
    auto key = crypto::PublicKey::parse(blocks->front().der);
    if (!key) return unusable("expected " + std::string{key.error().what});
    return std::move(*key);
}

os::OrFailure<PackageSignature> sign_package(
    std::string const& name, std::string const& digest, crypto::P256SigningKey const& key
) {
    PackageSignature out{
        .type = {},
        .payload = R"({"critical":{"identity":{"docker-reference":)" + base::json_string(name) +
                   R"(},"image":{"docker-manifest-digest":)" + base::json_string(digest) +
                   R"(},"type":")" + std::string{payload_type} + R"("},"optional":null})",
        .signature = {}
    };
    auto const signature = key.sign(base::view_of(out.payload));
    if (!signature) return std::unexpected(crypto_failure("signing the package"));
    out.signature = crypto::der_of(*signature);
    return out;
}

os::OrFailure<void> verified_signature(
    std::string const& digest,
    std::span<PackageSignature const> signatures,
    crypto::PublicKey const& key
) {
    if (signatures.empty())
        return failure("signature-missing", "nobody has signed the package " + digest);
    std::string why;
    for (auto const& one : signatures) {
        auto const named = digests_named(one);
        bool const by_key = verifies(one, key);
        if (by_key && std::ranges::find(named, digest) != named.end()) return {};
        why += (why.empty() ? "" : "; ");
        why += !by_key         ? "one is by another key"
               : named.empty() ? "one by this key is no signature of a package"
                               : "one by this key is of " + named.front();
    }
    return failure("signature-untrusted", "the package " + digest + ": " + why);
}

} // namespace host::cli
