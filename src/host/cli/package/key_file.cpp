#include "host/cli/package/key_file.hpp"

#include "base/hex.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "package/oci/manifest.hpp"
#include "protocol/provision/grant.hpp"

#include <nlohmann/json.hpp>

namespace host::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t largest = std::size_t{256} << 10;

std::unexpected<os::Failure> unusable(std::string const& path, std::string_view why) {
    return failure("key-unusable", '\'' + path + "' is no key of a package: " + std::string{why});
}

std::optional<std::string> text(Json const& json, char const* key) {
    auto const found = json.find(key);
    if (found == json.end() || !found->is_string()) return {};
    return found->get<std::string>();
}

// None where the key is not there; nothing where it holds something else.
std::optional<std::vector<std::string>> texts(Json const& json, char const* key) {
    std::vector<std::string> out;
    auto const found = json.find(key);
    if (found == json.end()) return out;
    if (!found->is_array()) return {};
    for (auto const& each : *found) {
        if (!each.is_string()) return {};
        out.push_back(each.get<std::string>());
    }
    return out;
}

} // namespace

std::string key_path_of(std::string const& package) { return package + ".key"; }

os::OrFailure<void> write_package_key(PackageKey const& key, std::string const& path) {
    Json out = Json::object();
    out["enarx"] = 1;
    out["package"] = key.package;
    if (key.data_key) out["data-encryption-key"] = base::hex(key.data_key->view());
    if (key.right) {
        auto const pem = key.right->grantor.pem();
        if (!pem) return std::unexpected(crypto_failure("writing a key"));
        out["deployment"] = base::hex(key.right->deployment);
        out["grantor-key"] = base::text_of(pem->view());
    }
    if (!key.listen.empty()) out["listen"] = key.listen;
    if (!key.connect.empty()) out["connect"] = key.connect;
    auto written = out.dump(1) + '\n';
    auto const done = write_file(path, base::view_of(written), os::Readers::Owner);
    crypto::wipe(std::as_writable_bytes(std::span{written}));
    return done;
}

os::OrFailure<PackageKey> read_package_key(std::string const& path) {
    auto const bytes = TRY(read_whole(path, largest));
    auto const json = Json::parse(base::text_of(bytes.view()), nullptr, false);
    if (!json.is_object() || !json.contains("enarx") || json["enarx"] != 1)
        return unusable(path, "`enarx package` writes it beside the package");
    auto const package = text(json, "package");
    if (!package || !package::oci::is_digest(*package))
        return unusable(path, "it names no package");
    PackageKey out{.package = *package, .data_key = {}, .right = {}};
    if (auto const digits = text(json, "data-encryption-key")) {
        auto key = base::unhex(*digits);
        if (!key || !protocol::provision::is_package_key_size(key->size()))
            return unusable(path, "its key has neither 32 bytes nor 48 for each layer");
        out.data_key.emplace(std::move(*key));
    }
    auto listen = texts(json, "listen");
    auto connect = texts(json, "connect");
    if (!listen || !connect) return unusable(path, "where it listens or connects is no list");
    out.listen = std::move(*listen);
    out.connect = std::move(*connect);
    auto const deployment = text(json, "deployment");
    auto const pem = text(json, "grantor-key");
    if (deployment.has_value() != pem.has_value())
        return unusable(path, "a deployment and the grantor's key go together");
    if (!deployment) return out;
    auto signed_one = base::unhex(*deployment);
    auto grantor = crypto::P256SigningKey::parse_pem(base::view_of(*pem));
    if (!signed_one || !grantor) return unusable(path, "deployment or grantor's key is damaged");
    out.right.emplace(std::move(*signed_one), std::move(*grantor));
    return out;
}

} // namespace host::cli
