// enarx deployment publish.

#include "crypto/cose_sign1.hpp"
#include "crypto/digest.hpp"
#include "crypto/hpke.hpp"
#include "host/cli/deployment/deployment.hpp"
#include "host/cli/deployment/steward.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/package/key_file.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "net/registry/reference.hpp"
#include "protocol/provision/deployment.hpp"
#include "protocol/provision/entrust.hpp"
#include "protocol/provision/grant.hpp"

#include <algorithm>

namespace host::cli {

namespace {

namespace wire = protocol::provision;
using Bytes = std::vector<std::byte>;

constexpr std::size_t largest_deployment = std::size_t{64} << 10;

struct Value {
    std::string name;
    crypto::SecretBytes bytes;
};

// NAME=VALUE or NAME=@FILE.
os::OrFailure<Value> value_of(std::string const& text) {
    auto const equals = text.find('=');
    auto const name = text.substr(0, equals);
    if (equals == std::string::npos || !wire::is_secret_name(name))
        return failure("usage", "--secret takes NAME=VALUE or NAME=@FILE");
    auto const given = std::string_view{text}.substr(equals + 1);
    if (!given.starts_with('@')) return Value{name, crypto::SecretBytes{base::view_of(given)}};
    return Value{
        name,
        crypto::SecretBytes{TRY(read_bytes(std::string{given.substr(1)}, wire::largest_secret))}
    };
}

// A registry as Keeps are told it, and the bytes that it refers to.
struct RegistryWish {
    std::optional<std::string> reference;
    std::optional<std::string> root;
    std::optional<std::string> credentials;

    std::vector<Option> options();
    // Sealed nowhere yet.
    os::OrFailure<crypto::SecretBytes> source() const;
};

std::vector<Option> RegistryWish::options() {
    return {
        {.name = "--registry",
         .value = "REPOSITORY",
         .help = "Where Keeps fetch the package from: HOST[:PORT]/REPOSITORY, of which they need "
                 "no tag. They ask it themselves, by TLS that ends inside; without TLS only one "
                 "on their own machine, and only without --registry-root.",
         .target = &reference},
        {.name = "--registry-root",
         .value = "FILE",
         .help = "PEM: the authority of that registry's certificate.",
         .target = &root,
         .completion = Completion::File},
        {.name = "--registry-credentials",
         .value = "FILE",
         .help = "Holds who asks that registry, NAME:PASSWORD. The service and Keeps that run "
                 "this deployment get it, and the registry.",
         .target = &credentials,
         .completion = Completion::File},
    };
}

os::OrFailure<crypto::SecretBytes> RegistryWish::source() const {
    constexpr std::size_t largest_root = std::size_t{32} << 10;
    constexpr std::size_t largest_credentials = std::size_t{16} << 10;
    auto where = net::registry::Reference::parse(*reference, false);
    if (!where) return failure("usage", where.error());
    if (root && !where->server.tls)
        where->server =
            *net::WebAddress::parse("https://" + reference->substr(0, reference->find('/')));
    auto const address = where->address();
    std::string authorities;
    if (root) authorities = base::text_of(TRY(read_bytes(*root, largest_root)));
    std::string word;
    if (credentials) word = base::text_of(TRY(read_bytes(*credentials, largest_credentials)));
    while (word.ends_with('\n') || word.ends_with('\r')) word.pop_back();
    if (credentials && !word.contains(':'))
        return failure("usage", '\'' + *credentials + "' does not hold NAME:PASSWORD");
    if (credentials && !where->server.tls)
        return failure(
            "usage",
            where->name() + ": without TLS everybody on the way would read who asks",
            "--registry-root FILE, for a registry on this machine that speaks TLS"
        );
    wire::Source source{.repository = address, .credentials = {}, .authorities = {}};
    if (credentials) source.credentials = word;
    if (root) source.authorities = authorities;
    return crypto::SecretBytes{wire::encode(source)};
}

class Publish : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<void>
    put(Steward& service,
        wire::Deployment const& deployment,
        wire::ServiceKeys const& keys,
        std::optional<std::string_view> secret,
        base::View value) const;

    StewardWishes steward_;
    std::optional<std::string> file_;
    std::optional<std::string> key_;
    std::optional<std::string> package_key_;
    std::vector<std::string> secrets_;
    RegistryWish registry_;
};

Syntax Publish::syntax(Global& /*global*/) {
    auto options = steward_options(steward_);
    options.push_back(
        {.name = "--key",
         .value = "FILE",
         .help = "The tenant's key, which signed the deployment.",
         .target = &key_,
         .completion = Completion::File}
    );
    options.push_back(
        {.name = "--package-key",
         .value = "FILE",
         .help = "The package's key, NAME.enx.key.",
         .target = &package_key_,
         .completion = Completion::File}
    );
    options.push_back(
        {.name = "--secret",
         .value = "NAME=VALUE",
         .help = "Value of a secret that the deployment names; NAME=@FILE for that of a file. Can "
                 "be repeated.",
         .target = &secrets_}
    );
    std::ranges::move(registry_.options(), std::back_inserter(options));
    return {
        .options = std::move(options),
        .operands = {
            {.name = "FILE",
             .help = "The deployment, as `enarx deployment create` wrote it.",
             .target = &file_,
             .completion = Completion::File}
        }
    };
}

os::OrFailure<void> Publish::put(
    Steward& service,
    wire::Deployment const& deployment,
    wire::ServiceKeys const& keys,
    std::optional<std::string_view> secret,
    base::View value
) const {
    wire::Entrust entrust{
        .name = deployment.name, .serial = deployment.serial, .secret = secret, .sealed = {}
    };
    auto const tenant = TRY(read_tenant_key(*key_));
    auto const info = wire::info_of_entrust(entrust, crypto::sha256(tenant.public_key()));
    auto const sealed =
        crypto::hpke::seal(crypto::hpke::Suite(keys.suite), keys.recipient_key, info, value);
    if (!sealed) return std::unexpected(crypto_failure("sealing for the service"));
    entrust.sealed = *sealed;
    auto const message = crypto::sign_message(tenant, wire::entrust_type, wire::encode(entrust));
    if (!message) return std::unexpected(crypto_failure("signing for the service"));
    auto target = "/v1/deployments/" + path_part(deployment.name) +
                  (secret ? "/secrets/" + path_part(*secret) : std::string{"/key"});
    auto const done = service.ask("PUT", std::move(target), *message, "application/cose");
    if (!done && done.error().name == "secret-exists") {
        write_error(
            "enarx: note: " + std::string{secret.value_or("the package's key")} +
            " is set already for this serial, and stays as it is\n"
        );
        return {};
    }
    if (!done) return std::unexpected(done.error());
    return {};
}

os::OrFailure<int> Publish::carry_out(Global const& /*global*/) {
    if (!key_ || !package_key_) return failure("usage", "--key and --package-key are needed");
    auto const file = TRY(read_bytes(*file_, largest_deployment));
    auto const message = crypto::verified_message(file, wire::deployment_type);
    auto const deployment = message
                                ? wire::decode_deployment(message->payload)
                                : wire::Read<wire::Deployment>{std::unexpected(message.error())};
    if (!deployment)
        return failure("deployment-refused", '\'' + *file_ + "' is no signed deployment");
    std::vector<Value> values;
    for (auto const& text : secrets_) values.push_back(TRY(value_of(text)));
    for (auto const& secret : deployment->secrets)
        if (std::ranges::find(values, secret.name, &Value::name) == values.end())
            return failure(
                "usage",
                "the deployment names a secret without a value",
                "--secret " + std::string{secret.name} + "=VALUE, or =@FILE"
            );
    auto const package = TRY(read_package_key(*package_key_));
    std::optional<crypto::SecretBytes> registry;
    if (registry_.reference)
        registry.emplace(TRY(registry_.source()));
    else if (registry_.root || registry_.credentials)
        return failure("usage", "it is not said which registry", "--registry HOST/REPOSITORY");

    auto service = TRY(Steward::at(steward_));
    auto const told = TRY(service.ask("GET", "/v1/service", {}, ""));
    auto const keys_message = crypto::verified_message(told, wire::service_type);
    auto const keys = keys_message
                          ? wire::decode_service_keys(keys_message->payload)
                          : wire::Read<wire::ServiceKeys>{std::unexpected(keys_message.error())};
    if (!keys) return failure("steward-untrusted", "the service does not sign for its keys");
    auto const signer = crypto::sha256(keys_message->key);
    if (std::ranges::none_of(deployment->grantors, [&signer](base::View listed) {
            return base::equal(listed, signer);
        }))
        return failure(
            "steward-untrusted", "the service's key is none that the deployment lists as grantor"
        );
    TRY(service.ask(
        "PUT", "/v1/deployments/" + path_part(deployment->name), file, "application/cose"
    ));
    // Before the key: no Keep is granted without that.
    if (registry) TRY(put(service, *deployment, *keys, wire::registry_value, registry->view()));
    TRY(put(
        service, *deployment, *keys, {}, package.data_key ? package.data_key->view() : base::View{}
        // none of a plain package
    ));
    for (auto const& secret : deployment->secrets) {
        auto const value = std::ranges::find(values, secret.name, &Value::name);
        TRY(put(service, *deployment, *keys, secret.name, value->bytes.view()));
    }
    TRY(write_output(
        "published " + std::string{deployment->name} + ", serial " +
        std::to_string(deployment->serial) + '\n'
    ));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_deployment_publish() { return std::make_unique<Publish>(); }

} // namespace host::cli
