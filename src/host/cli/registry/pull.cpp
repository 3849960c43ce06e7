#include "base/json_string.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/registry/access.hpp"
#include "host/cli/registry/fetch.hpp"
#include "host/cli/registry/registry.hpp"
#include "host/cli/registry/signature.hpp"
#include "host/cli/report.hpp"

#include <algorithm>
#include <filesystem>

#include <unistd.h>

namespace host::cli {

namespace {

class Pull : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<void> tell(
        net::registry::Reference const& where, FetchedPackage const& package, std::size_t signatures
    ) const;

    std::optional<std::string> reference_;
    std::optional<std::string> out_;
    std::optional<std::string> key_;
    RegistryAccess access_;
    bool json_ = false;
};

Syntax Pull::syntax(Global& /*global*/) {
    Syntax out{
        .options =
            {{.name = "--out",
              .value = "FILE",
              .help = "The package, a new file. Default: the repository's last name with .enx.",
              .target = &out_,
              .completion = Completion::File},
             {.name = "--signed-by",
              .value = "KEY",
              .help = "Refuse a package that this public key (PEM) has not signed.",
              .target = &key_,
              .completion = Completion::File},
             {.name = "--json", .letter = 'j', .help = "As JSON.", .target = &json_}},
        .operands = {
            {.name = "REFERENCE",
             .help = "Which one: HOST[:PORT]/REPOSITORY[:TAG][@sha256:DIGEST].",
             .target = &reference_}
        }
    };
    std::ranges::move(access_.options(), std::back_inserter(out.options));
    return out;
}

os::OrFailure<void> Pull::tell(
    net::registry::Reference const& where, FetchedPackage const& package, std::size_t signatures
) const {
    if (json_)
        return write_output(
            "{\"package\":" + base::json_string(package.digest) +
            ",\"file\":" + base::json_string(*out_) +
            ",\"reference\":" + base::json_string(where.name() + '@' + package.digest) +
            ",\"bytes\":" + std::to_string(package.bytes) + ",\"signatures\":" +
            std::to_string(signatures) + ",\"signed\":" + (key_ ? "true" : "false") + "}\n"
        );
    auto const known = key_              ? "signed by the key in " + *key_
                       : signatures == 0 ? std::string{"none"}
                                         : std::to_string(signatures) + ", not looked at";
    return write_output(
        "package    " + package.digest + "\nfile       " + *out_ + ", " +
        std::to_string(package.bytes) + " bytes\nsignature  " + known + "\n"
    );
}

// Before anything long begins.
os::OrFailure<void> nothing_there(std::string const& path) {
    std::error_code error;
    if (std::filesystem::symlink_status(path, error).type() ==
        std::filesystem::file_type::not_found)
        return {};
    return failure("file-exists", '\'' + path + "' is there already");
}

os::OrFailure<int> Pull::carry_out(Global const& /*global*/) {
    auto const where = TRY(access_.reference(*reference_));
    if (!out_) out_ = where.repository.substr(where.repository.rfind('/') + 1) + ".enx";
    auto const signature_path = signature_path_of(*out_);
    TRY(nothing_there(*out_));
    TRY(nothing_there(signature_path));
    std::optional<crypto::PublicKey> key;
    if (key_) key = TRY(read_public_key(*key_));
    auto registry = TRY(access_.open(where, false));
    auto const manifest = TRY(registry.manifest(where.wanted()));
    auto const signatures = TRY(signatures_of(registry, manifest.digest));
    if (key) TRY(verified_signature(manifest.digest, signatures, *key));
    auto const package = TRY(fetch_package(registry, manifest, *out_));
    if (!signatures.empty()) {
        auto const text = signature_file_of(signatures);
        auto const written =
            write_file(signature_path, base::view_of(text), os::Readers::Everybody);
        if (!written) {
            ::unlink(out_->c_str()); // all of it, or nothing
            return std::unexpected(written.error());
        }
    }
    TRY(tell(where, package, signatures.size()));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_pull() { return std::make_unique<Pull>(); }

} // namespace host::cli
