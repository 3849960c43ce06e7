// The authority's keys where they lie, and the intermediate's next year.

#include "os/replace_file.hpp"
#include "service/steward/files.hpp"

#include <filesystem>

namespace service {

namespace {

constexpr std::size_t largest_certificate = std::size_t{64} << 10;
constexpr std::size_t largest_config = std::size_t{1} << 20;

os::OrFailure<void> replace(std::string const& path, std::string const& text) {
    auto const done = os::replace_file(path, base::view_of(text));
    if (done) return {};
    return std::unexpected(
        os::Failure{
            .name = "output-failed",
            .text =
                '\'' + path + "' cannot be written: " + std::string{os::description(done.error())}
        }
    );
}

} // namespace

os::OrFailure<std::shared_ptr<crypto::P384Signer const>> open_signer(
    std::string const& folder,
    SignerSettings const& settings,
    SignerRole role,
    std::string_view certificate
) {
    bool const root = role == SignerRole::Root;
    if (!(root ? settings.root_key : settings.intermediate_key).empty()) {
        auto resolved = settings;
        if (!resolved.pin_file.starts_with('/') && !resolved.pin_file.starts_with("credential:"))
            resolved.pin_file = folder + '/' + resolved.pin_file;
        return std::make_shared<TokenSigner const>(
            resolved, role, TRY(key_in(base::view_of(certificate)))
        );
    }
    auto const path = folder + (root ? "/root.key" : "/intermediate.key");
    auto pem = TRY(read_secret(path));
    auto key = crypto::P384SigningKey::parse_pem(base::view_of(pem));
    crypto::wipe(std::as_writable_bytes(std::span{pem}));
    if (!key)
        return std::unexpected(
            os::Failure{
                .name = "ca-unusable", .text = '\'' + path + "' holds no key on P-384 in PEM"
            }
        );
    return std::make_shared<crypto::OwnP384Signer const>(*std::move(key));
}

os::OrFailure<std::chrono::sys_seconds>
renew_intermediate(std::string const& config, std::chrono::sys_seconds at) {
    auto const text = TRY(read_text(config, largest_config));
    auto const settings = TRY(parse_settings(config, text));
    auto folder = std::filesystem::path{config}.parent_path().string();
    if (folder.empty()) folder = ".";
    AuthorityCertificates const old{
        .root = TRY(read_text(folder + "/root.pem", largest_certificate)),
        .intermediate = TRY(read_text(folder + "/intermediate.pem", largest_certificate))
    };
    auto const root = TRY(open_signer(folder, settings.signer, SignerRole::Root, old.root));
    auto const intermediate =
        TRY(open_signer(folder, settings.signer, SignerRole::Intermediate, old.intermediate));
    auto const renewed = TRY(renewed_intermediate(old, *root, at));
    // Only what can be started with takes the place of the old.
    auto const authority =
        TRY(Authority::load(base::view_of(old.root), base::view_of(renewed), intermediate, at));
    auto pem = TRY(read_secret(folder + "/tls.key"));
    auto const tls = crypto::P256SigningKey::parse_pem(base::view_of(pem));
    crypto::wipe(std::as_writable_bytes(std::span{pem}));
    if (!tls)
        return std::unexpected(
            os::Failure{.name = "service-unusable", .text = "tls.key holds no key on P-256"}
        );
    auto const chain =
        TRY(service_certificate(renewed, *intermediate, settings.name, tls->public_key()));
    TRY(replace(folder + "/intermediate.pem", renewed));
    TRY(replace(folder + "/tls.pem", chain));
    return authority.intermediate().not_after();
}

} // namespace service
