// Signatures in the file beside a package.

#include "base/json_string.hpp"
#include "crypto/base64.hpp"
#include "host/cli/registry/signature.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "package/oci/json.hpp"

#include <filesystem>

namespace host::cli {

namespace {

using package::oci::Json;

constexpr std::size_t largest_file = std::size_t{16} << 20;
constexpr std::size_t most_signatures = 128; // of both forms

} // namespace

std::string signature_path_of(std::string const& package) { return package + ".sig"; }

std::string signature_file_of(std::span<PackageSignature const> signatures) {
    std::string out;
    for (auto const& one : signatures)
        out += (out.empty() ? R"({"signatures":[)" : ",\n") + std::string{"{"} +
               (one.type.empty() ? "" : R"("type":)" + base::json_string(one.type) + ',') +
               R"("payload":)" +
               base::json_string(crypto::encode_base64(base::view_of(one.payload))) +
               R"(,"signature":)" + base::json_string(crypto::encode_base64(one.signature)) + '}';
    return out + "]}\n";
}

os::OrFailure<std::vector<PackageSignature>> read_signatures(std::string const& path) {
    std::vector<PackageSignature> out;
    if (std::error_code error; !std::filesystem::exists(path, error)) return out;
    auto const text = TRY(read_whole(path, largest_file));
    auto const wrong = [&] {
        return failure("package-damaged", '\'' + path + "' is no list of signatures");
    };
    auto const json = package::oci::parse(text.view(), largest_file, "signatures");
    auto const list = json ? package::oci::list_at(*json, "signatures", "")
                           : package::oci::Read<Json>{std::unexpected(json.error())};
    if (!list || list->size() > most_signatures) return wrong();
    for (auto const& each : *list) {
        if (!each.is_object()) return wrong();
        auto const type = each.contains("type") ? package::oci::text_at(each, "type", "")
                                                : package::oci::Read<std::string>{std::string{}};
        auto const payload = package::oci::text_at(each, "payload", "");
        auto const signature = package::oci::text_at(each, "signature", "");
        if (!type || !payload || !signature) return wrong();
        auto const bytes = crypto::decode_base64(*payload);
        auto signed_by = crypto::decode_base64(*signature);
        if (!bytes || !signed_by) return wrong();
        out.push_back(
            {.type = *type,
             .payload = std::string{base::text_of(*bytes)},
             .signature = *std::move(signed_by)}
        );
    }
    return out;
}

os::OrFailure<void>
verified_file(std::string const& package, std::string const& digest, std::string const& key_path) {
    auto const key = TRY(read_public_key(key_path));
    return verified_signature(digest, TRY(read_signatures(signature_path_of(package))), key);
}

} // namespace host::cli
