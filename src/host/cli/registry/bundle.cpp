#include "host/cli/registry/bundle.hpp"

#include "base/json_string.hpp"
#include "crypto/base64.hpp"
#include "crypto/digest.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/report.hpp"
#include "package/oci/json.hpp"

namespace host::cli {

namespace {

using package::oci::Json;

constexpr std::string_view statement_type = "application/vnd.in-toto+json";
constexpr std::string_view statement_family = "https://in-toto.io/Statement/";
constexpr std::string_view algorithm = "sha256:";
constexpr std::size_t most_signatures = 16;

Json const* object_at(Json const& object, char const* key) {
    auto const found = object.find(key);
    return found != object.end() && found->is_object() ? &*found : nullptr;
}

std::string word_at(Json const& object, char const* key) {
    return package::oci::text_at(object, key, "").value_or(std::string{});
}

} // namespace

std::string signed_text(std::string_view type, std::string_view payload) {
    std::string out = "DSSEv1 " + std::to_string(type.size()) + ' ';
    out += type;
    out += ' ' + std::to_string(payload.size()) + ' ';
    out += payload;
    return out;
}

os::OrFailure<PackageSignature>
sign_statement(std::string const& digest, crypto::P256SigningKey const& key) {
    auto const hex = digest.substr(algorithm.size());
    PackageSignature out{
        .type = std::string{statement_type},
        .payload = R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":)" +
                   base::json_string(hex) + R"(}}],"predicateType":)" +
                   base::json_string(std::string{sign_predicate}) + R"(,"predicate":{}})",
        .signature = {}
    };
    auto const text = signed_text(out.type, out.payload);
    auto const signature = key.sign(base::view_of(text));
    if (!signature) return std::unexpected(crypto_failure("signing the package"));
    out.signature = crypto::der_of(*signature);
    return out;
}

std::string bundle_of(PackageSignature const& signature, base::View key) {
    auto const base64 = [](base::View bytes) {
        return base::json_string(crypto::encode_base64(bytes));
    };
    return R"({"mediaType":)" + base::json_string(std::string{bundle_type}) +
           R"(,"verificationMaterial":{"publicKey":{"hint":)" + base64(crypto::sha256(key)) +
           R"(}},"dsseEnvelope":{"payload":)" + base64(base::view_of(signature.payload)) +
           R"(,"payloadType":)" + base::json_string(signature.type) + R"(,"signatures":[{"sig":)" +
           base64(signature.signature) + "}]}}";
}

std::vector<PackageSignature> signatures_in_bundle(base::View bundle) {
    std::vector<PackageSignature> out;
    auto const json = package::oci::parse(bundle, largest_bundle, "bundle");
    if (!json || !word_at(*json, "mediaType").starts_with(bundle_family)) return out;
    auto const* const envelope = object_at(*json, "dsseEnvelope");
    if (envelope == nullptr) return out;
    auto const type = word_at(*envelope, "payloadType");
    auto const payload = crypto::decode_base64(word_at(*envelope, "payload"));
    auto const list = package::oci::list_at(*envelope, "signatures", "");
    if (type != statement_type || !payload || !list || list->size() > most_signatures) return out;
    for (auto const& each : *list) {
        auto signature =
            each.is_object() ? crypto::decode_base64(word_at(each, "sig")) : std::nullopt;
        if (!signature) continue;
        out.push_back(
            {.type = type,
             .payload = std::string{base::text_of(*payload)},
             .signature = *std::move(signature)}
        );
    }
    return out;
}

std::vector<std::string> digests_in_statement(std::string const& payload) {
    std::vector<std::string> out;
    auto const json = package::oci::parse(base::view_of(payload), largest_bundle, "statement");
    if (!json || !word_at(*json, "_type").starts_with(statement_family) ||
        word_at(*json, "predicateType") != sign_predicate)
        return out;
    auto const subjects = package::oci::list_at(*json, "subject", "");
    if (!subjects) return out;
    for (auto const& each : *subjects) {
        auto const* const digests = each.is_object() ? object_at(each, "digest") : nullptr;
        if (digests != nullptr) out.push_back(std::string{algorithm} + word_at(*digests, "sha256"));
    }
    return out;
}

} // namespace host::cli
