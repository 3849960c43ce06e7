#include "host/cli/inspect/package.hpp"

#include "host/cli/package/contents.hpp"
#include "host/cli/registry/signature.hpp"

namespace host::cli {

namespace {

constexpr std::size_t magic_at = 0x101; // of a tar archive's header

Json layers_json(PackageContents const& contents) {
    auto out = Json::array();
    for (std::size_t i = 0; i < contents.manifest.layers.size(); ++i) {
        auto const& layer = contents.manifest.layers[i];
        out.push_back(
            {{"digest", layer.digest},
             {"media_type", layer.media_type},
             {"size", layer.size},
             {"archive_size", contents.config.layers[i]}}
        );
    }
    return out;
}

// By opening and reading the whole file once.
Json checks_json(PackageFile const& file, PackageContents const& contents) {
    auto out = Json::array();
    auto const check = [&](std::string const& what, bool passed) {
        out.push_back({{"check", what}, {"outcome", passed ? "passed" : "failed"}});
    };
    check("manifest and configuration are what their digests say", true);
    for (auto const& layer : contents.manifest.layers)
        check("the layer " + layer.digest + " is what its digest says", intact(file, layer));
    return out;
}

} // namespace

// A tar archive, whose kind its names tell; what is one and no package, the description says.
bool recognises_package(Subject const& subject) {
    return !subject.folder && subject.front.size() >= magic_at + 5 &&
           subject.front.compare(magic_at, 5, "ustar") == 0;
}

os::OrFailure<std::optional<Json>> describe_package(Subject const& subject, Global const& global) {
    (void)global;
    auto const file = TRY(PackageFile::open(subject.path));
    auto const contents = TRY(contents_of(file, subject.path));
    auto const& config = contents.config;
    std::string_view cipher = "none";
    if (config.cipher != package::oci::Cipher::None) cipher = "tink-aes256-gcm-hkdf-1mb";
    if (contents.manifest.by_ocicrypt()) cipher = "ocicrypt-aes256-ctr-hmac-sha256";
    auto const optional = [](std::string const& text) {
        return text.empty() ? Json(nullptr) : Json(text);
    };
    auto const signatures = TRY(read_signatures(signature_path_of(subject.path)));
    return Json{
        {"file", subject.path},
        {"kind", package_recogniser.kind},
        {"package", file.digest()},
        {"workload", config.workload},
        {"configuration", config.configuration},
        {"secrets", config.secrets},
        {"cipher", cipher},
        {"id", optional(config.id)},
        {"commitment", optional(config.commitment)},
        {"layers", layers_json(contents)},
        {"signatures", signatures.size()},
        {"checks", checks_json(file, contents)}
    };
}

} // namespace host::cli
