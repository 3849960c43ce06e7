#include "host/cli/package/package.hpp"

#include "base/hex.hpp"
#include "base/json_string.hpp"
#include "crypto/cose_sign1.hpp"
#include "crypto/digest.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/package/build.hpp"
#include "host/cli/package/image.hpp"
#include "host/cli/package/key_file.hpp"
#include "host/cli/package/secret_wish.hpp"
#include "host/cli/report.hpp"
#include "host/cli/run/application.hpp"
#include "host/cli/run/configuration.hpp"
#include "host/vmm/launch/ask.hpp"
#include "protocol/provision/binding.hpp"
#include "protocol/provision/deployment.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <unistd.h>

namespace host::cli {

namespace {

using protocol::launch::Kind;

struct Digests {
    std::string workload;
    std::string configuration;
    // Where it wants to listen and connect to.
    std::vector<std::string> listen = {};
    std::vector<std::string> connect = {};
};

std::string place(std::string const& host, std::uint16_t port) {
    return (host.contains(':') ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

void add_places(Digests& to, package::Configuration const& configuration) {
    for (auto const& file : configuration.files) {
        if (auto const* const listen = std::get_if<package::Listen>(&file))
            to.listen.push_back(place(listen->address, listen->port));
        if (auto const* const connect = std::get_if<package::Connect>(&file))
            to.connect.push_back(place(connect->host, connect->port));
    }
}

class Package : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<Digests> digests() const;
    os::OrFailure<std::string> deployment_name() const;
    os::OrFailure<std::uint64_t> serial() const;
    os::OrFailure<std::optional<GrantRight>> right(
        BuiltPackage const& package, Digests const& digests, std::vector<SecretWish> const& secrets
    ) const;
    os::OrFailure<void> write_key(
        BuiltPackage const& package, Digests const& digests, std::vector<SecretWish> const& secrets
    ) const;
    os::OrFailure<void> tell(BuiltPackage const& package, Digests const& digests) const;
    os::OrFailure<int> adopt_image(std::vector<SecretWish> const& secrets);

    std::optional<std::string> application_;
    std::optional<std::string> out_;
    std::optional<std::string> key_;
    std::optional<std::string> decryption_key_;
    std::optional<crypto::P256SigningKey> tenant_; // read before anything is written
    std::optional<std::string> name_;
    std::optional<std::string> serial_;
    std::vector<std::string> secrets_;
    std::vector<std::string> dns_;
    bool plain_ = false;
    bool no_hardware_ = false;
    bool json_ = false;
};

Syntax Package::syntax(Global& /*global*/) {
    return {
        .options =
            {
                {.name = "--out",
                 .value = "FILE",
                 .help = "The package, a new file. Default: the application's name with .enx.",
                 .target = &out_,
                 .completion = Completion::File},
                {.name = "--plain",
                 .help = "Do not encrypt it: everybody who has it reads it.",
                 .target = &plain_},
                {.name = "--key",
                 .value = "FILE",
                 .help = "The tenant's key (`enarx key tenant create`): sign a deployment of it.",
                 .target = &key_,
                 .completion = Completion::File},
                {.name = "--decryption-key",
                 .value = "FILE",
                 .help = "APPLICATION is a package (OCI archive) that `skopeo copy "
                         "--encryption-key` has encrypted for this private key (PEM): it stays as "
                         "it is, and APPLICATION.key is written.",
                 .target = &decryption_key_,
                 .completion = Completion::File},
                {.name = "--name",
                 .value = "NAME",
                 .help = "Name of the deployment: a-z, 0-9, '.', '/' and '-'. Default: the "
                         "package's file name.",
                 .target = &name_},
                {.name = "--serial",
                 .value = "NUMBER",
                 .help = "Its serial, which rises with each version. Default: 1.",
                 .target = &serial_},
                {.name = "--secret",
                 .value = "NAME[=file:PATH]",
                 .help = "A secret that comes with the grant: the variable NAME, or the file "
                         "/run/secrets/PATH. Can be repeated.",
                 .target = &secrets_},
                {.name = "--dns",
                 .value = "NAME",
                 .help = "A name that the Keep's certificate is to bear. Can be repeated.",
                 .target = &dns_},
                {.name = "--allow-no-hardware",
                 .help = "The deployment may be handed to Keeps that no hardware protects.",
                 .target = &no_hardware_},
                {.name = "--json", .letter = 'j', .help = "As JSON.", .target = &json_},
            },
        .operands = {
            {.name = "APPLICATION",
             .help = "The module, or the folder that holds it.",
             .target = &application_,
             .completion = Completion::File}
        }
    };
}

// exec computes them, as in the Keep.
os::OrFailure<Digests> Package::digests() const {
    vmm::LaunchOrder order;
    order.add(Kind::Action, "digests");
    auto application = TRY(open_application(*application_));
    TRY(refuse_other_kinds(application));
    auto const configuration = TRY(find_configuration(std::nullopt, application));
    if (configuration) TRY(add_configuration(order, *configuration));
    if (application.folder)
        order.add(
            Kind::PackageDirectory, *std::move(application.folder), "", vmm::Rights::ReadOnly
        );
    // In a package it has this name, whatever it is called here.
    order.add(Kind::Module, std::move(application.module), "main.wasm", vmm::Rights::ReadOnly);
    order.add(Kind::Backend, "nil");
    auto const answer = TRY(vmm::ask_exec(order));
    constexpr std::string_view first = "workload ";
    constexpr std::string_view second = "\nconfiguration ";
    constexpr std::size_t digits = 64;
    auto const& text = answer.text;
    if (answer.status != 0 || text.size() != first.size() + second.size() + 2 * digits + 1)
        return failure(
            "package-unfit", '\'' + *application_ + "': exec has told above why it cannot be run"
        );
    Digests out{
        .workload = text.substr(first.size(), digits),
        .configuration = text.substr(first.size() + digits + second.size(), digits)
    };
    if (configuration) add_places(out, configuration->configuration);
    return out;
}

std::string file_name_of(std::string path) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return std::filesystem::path{path}.filename().string();
}

std::string default_out(std::string const& application) {
    auto name = file_name_of(application);
    if (name == "." || name == "..")
        name = std::filesystem::absolute(application).lexically_normal().parent_path().filename();
    for (std::string_view const ending : {".wasm", ".wat"})
        if (name.ends_with(ending)) name.resize(name.size() - ending.size());
    return name + ".enx";
}

// A package beside the files that it is made of would be in the next one, with its key.
os::OrFailure<void> outside(std::string const& out, std::string const& application) {
    namespace fs = std::filesystem;
    std::error_code error;
    auto const folder = fs::canonical(application, error);
    if (error || !fs::is_directory(folder)) return {}; // told later, or nothing to be inside of
    auto const place = fs::weakly_canonical(fs::absolute(out).parent_path(), error);
    if (std::ranges::mismatch(folder, place).in1 != folder.end()) return {};
    return failure(
        "usage",
        '\'' + out + "' lies in the folder that is packaged",
        "give --out a place outside of '" + application + "'"
    );
}

os::OrFailure<std::string> Package::deployment_name() const {
    auto name = name_.value_or(std::filesystem::path{*out_}.stem().string());
    if (!protocol::provision::is_deployment_name(name))
        return failure(
            "usage",
            "'" + name + "' is no name of a deployment",
            "--name NAME takes 1 to 128 of a-z, 0-9, '.', '/' and '-'"
        );
    return name;
}

os::OrFailure<std::uint64_t> Package::serial() const {
    auto const text = serial_.value_or("1");
    std::uint64_t value = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value == 0)
        return failure("usage", "--serial '" + text + "' is no number from 1 on");
    return value;
}

os::OrFailure<std::optional<GrantRight>> Package::right(
    BuiltPackage const& package, Digests const& digests, std::vector<SecretWish> const& secrets
) const {
    if (!tenant_) return std::nullopt;
    auto const& tenant = *tenant_;
    auto grantor = crypto::P256SigningKey::generate();
    if (!grantor) return std::unexpected(crypto_failure("making a key"));
    auto const bytes = [](std::string const& digits) { return base::unhex(digits).value(); };
    auto const name = TRY(deployment_name());
    auto const workload = bytes(digests.workload);
    auto const configuration = bytes(digests.configuration);
    auto const digest = bytes(package.digest.substr(package.digest.find(':') + 1));
    auto const grantor_digest = crypto::sha256(grantor->public_key());
    auto const tenant_digest = crypto::sha256(tenant.public_key());
    protocol::provision::Deployment deployment{
        .name = name,
        .serial = TRY(serial()),
        .package = digest,
        .workload = workload,
        .configuration = configuration,
        .policy = {},
        .measurements = {},
        .grantors = {grantor_digest, tenant_digest},
        .secrets = {},
        .dns_names = {dns_.begin(), dns_.end()},
        .not_after = {},
        .hardware = !no_hardware_
    };
    for (auto const& secret : secrets)
        deployment.secrets.push_back(
            {.name = secret.name, .place = secret.place, .where = secret.where}
        );
    auto signed_one = crypto::sign_message(
        tenant, protocol::provision::deployment_type, protocol::provision::encode(deployment)
    );
    if (!signed_one) return std::unexpected(crypto_failure("signing the deployment"));
    return GrantRight{.deployment = std::move(*signed_one), .grantor = std::move(*grantor)};
}

os::OrFailure<void> Package::write_key(
    BuiltPackage const& package, Digests const& digests, std::vector<SecretWish> const& secrets
) const {
    PackageKey key{
        .package = package.digest, .data_key = {}, .right = TRY(right(package, digests, secrets))
    };
    if (package.key) key.data_key.emplace(package.key->view());
    key.listen = digests.listen;
    key.connect = digests.connect;
    return write_package_key(key, key_path_of(*out_));
}

os::OrFailure<void> Package::tell(BuiltPackage const& package, Digests const& digests) const {
    std::uint64_t size = 0;
    for (auto const& layer : package.manifest.layers) size += layer.size;
    if (json_)
        return write_output(
            "{\"package\":" + base::json_string(package.digest) +
            ",\"file\":" + base::json_string(*out_) + ",\"bytes\":" + std::to_string(size) +
            ",\"encrypted\":" + (plain_ ? "false" : "true") +
            ",\"workload\":" + base::json_string(digests.workload) +
            ",\"configuration\":" + base::json_string(digests.configuration) + "}\n"
        );
    auto const key =
        plain_ && !key_ ? std::string{} : " (key in " + key_path_of(*out_) + ", mode 0600)";
    return write_output(
        "package        " + package.digest + "\n" + //
        "file           " + *out_ + ", " + std::to_string(size) + " bytes, " +
        (plain_            ? "plain"
         : decryption_key_ ? "encrypted by ocicrypt"
                           : "encrypted") +
        key + "\n" +                                  //
        "workload       " + digests.workload + "\n" + //
        "configuration  " + digests.configuration + "\n"
    );
}

// Others encrypted it: nothing is missing but what grants it.
os::OrFailure<int> Package::adopt_image(std::vector<SecretWish> const& secrets) {
    auto image = TRY(open_image(*application_, *decryption_key_));
    if (!std::ranges::equal(secrets, image.config.secrets, {}, &SecretWish::name)) {
        std::string names;
        for (auto const& name : image.config.secrets) names += " --secret " + name;
        return failure(
            "usage",
            '\'' + *application_ + "' was packaged with other secrets than are named here",
            names.empty() ? "it has none" : "it wants" + names
        );
    }
    Digests known{.workload = image.config.workload, .configuration = image.config.configuration};
    add_places(known, image.configuration);
    BuiltPackage const package{
        .manifest = std::move(image.manifest),
        .digest = std::move(image.digest),
        .key = std::move(image.key)
    };
    TRY(write_key(package, known, secrets));
    TRY(tell(package, known));
    return 0;
}

os::OrFailure<int> Package::carry_out(Global const& /*global*/) {
    if (decryption_key_ && (out_ || plain_))
        return failure(
            "usage",
            "--decryption-key: the package is there, and is not made again",
            "leave --out and --plain away"
        );
    if (decryption_key_) out_ = application_;
    if (!out_) out_ = default_out(*application_);
    auto const key_path = key_path_of(*out_);
    bool const has_key = !plain_ || key_;
    if (!decryption_key_) TRY(outside(*out_, *application_));
    // Before anything long begins.
    auto const first = decryption_key_ ? key_path : *out_;
    for (auto const& path : {first, has_key ? key_path : *out_})
        if (std::error_code error; std::filesystem::symlink_status(path, error).type() !=
                                   std::filesystem::file_type::not_found)
            return failure("file-exists", '\'' + path + "' is there already");
    auto const secrets = TRY(secret_wishes(secrets_));
    if (key_) {
        TRY(deployment_name());
        TRY(serial());
        tenant_.emplace(TRY(read_tenant_key(*key_)));
    }
    if (decryption_key_) return adopt_image(secrets);
    auto tree = TRY(list_tree(*application_));
    auto const known = TRY(digests());
    PackageWish wish{
        .tree = std::move(tree),
        .workload = known.workload,
        .configuration = known.configuration,
        .secrets = {},
        .encrypted = !plain_
    };
    for (auto const& secret : secrets) wish.secrets.push_back(secret.name);
    auto package = TRY(build_package(wish, *out_));
    if (has_key) {
        if (auto const written = write_key(package, known, secrets); !written) {
            ::unlink(out_->c_str()); // nobody could ever open it
            return std::unexpected(written.error());
        }
    }
    TRY(tell(package, known));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_package() { return std::make_unique<Package>(); }

} // namespace host::cli
