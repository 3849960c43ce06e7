#include "base/hex.hpp"
#include "crypto/pem.hpp"
#include "os/new_file.hpp"
#include "service/ca/names.hpp"
#include "service/seal/kek.hpp"
#include "service/steward/files.hpp"

#include <filesystem>

#include <sys/stat.h>

namespace service {

namespace {

namespace fs = std::filesystem;
using std::chrono::sys_seconds;

std::unexpected<os::Failure> unwritable(std::string const& path, std::string const& why) {
    return std::unexpected(
        os::Failure{.name = "output-failed", .text = '\'' + path + "' cannot be written: " + why}
    );
}
std::unexpected<os::Failure> no_key() {
    return std::unexpected(os::Failure{.name = "internal", .text = "a key could not be made"});
}

os::OrFailure<void> put(std::string const& path, base::View bytes) {
    auto const done = os::write_new_file(path, bytes, os::Readers::Owner);
    if (!done) return unwritable(path, std::string{os::description(done.error())});
    return {};
}
os::OrFailure<void> put(std::string const& path, std::string_view text) {
    return put(path, base::view_of(text));
}

template <class Key> os::OrFailure<Key> new_key(std::string const& path) {
    auto key = Key::generate();
    if (!key) return no_key();
    auto const pem = key->pem();
    if (!pem) return no_key();
    TRY(put(path, pem->view()));
    return *std::move(key);
}

// What connections see: issued by the intermediate, for clients that know the root.
os::OrFailure<void>
put_tls(std::string const& folder, InitWish const& wish, NewAuthority const& ca, sys_seconds at) {
    auto const key = TRY(new_key<crypto::P256SigningKey>(folder + "/tls.key"));
    auto const signer = crypto::P384SigningKey::parse_pem(ca.intermediate_key.view());
    auto const blocks = crypto::parse_pem(base::view_of(ca.intermediate));
    auto const serial = crypto::fresh_serial();
    if (!signer || !blocks || !serial) return no_key();
    auto const issuer = crypto::Certificate::parse(blocks->front().der);
    if (!issuer) return no_key();
    std::vector<std::string> names{wish.name};
    if (wish.name != "localhost") names.emplace_back("localhost");
    auto const subject = issuer->subject();
    auto const der = crypto::issue_certificate(
        {.name = {subject.begin(), subject.end()}, .key = *signer},
        {.serial = *serial,
         .subject = crypto::name_of(wish.name),
         .public_key = key.public_key(),
         .not_before = issuer->not_before(),
         .not_after = issuer->not_after(),
         .dns_names = std::move(names)}
    );
    (void)at;
    if (!der) return no_key();
    return put(folder + "/tls.pem", crypto::write_pem("CERTIFICATE", *der) + ca.intermediate);
}

os::OrFailure<void> put_keys(std::string const& folder) {
    TRY(new_key<crypto::P384SigningKey>(folder + "/ear.key"));
    TRY(new_key<crypto::Ed25519SigningKey>(folder + "/log.key"));
    auto const grantor = TRY(new_key<crypto::P256SigningKey>(folder + "/grantor.key"));
    TRY(put(folder + "/grantor.pem", crypto::write_pem("PUBLIC KEY", grantor.public_key())));
    auto const recipient = crypto::hpke::Key::generate(crypto::hpke::Suite::XWing);
    if (!recipient) return no_key();
    auto digits = base::hex(recipient->private_key()) + '\n';
    auto const done = put(folder + "/secrets.key", digits);
    crypto::wipe(std::as_writable_bytes(std::span{digits}));
    TRY(done);
    return Kek::create(folder + "/kek");
}

std::string configuration(InitWish const& wish) {
    return "# Configuration of enarx-steward: docs/steward.md describes every setting.\n"
           "listen = [\"" +
           wish.listen +
           "\"] # Keeps and tenants, TLS\noperator = \"127.0.0.1:9443\" # metrics, "
           "health, page of decisions; loopback only\nname = \"" +
           wish.name + "\" # of this service, and of its log\n# url = \"https://" + wish.name +
           ":8443\" # where it is reached from outside: for the revocation list\n"
           "policies = \"policies\" # files that deployments may name by their SHA-256\n\n"
           "# Who may deploy what. No deployment is taken before there is a tenant.\n"
           "# [tenant.shop]\n"
           "# keys = [\"...\"] # `enarx key tenant digest KEY`\n"
           "# deployments = [\"shop/\"] # names; with a slash at the end: all below it\n"
           "# dns-names = [\"api.shop.example\"] # that certificates of its Keeps may bear\n"
           "# replicas = 100\n"
           "# allow-no-hardware = false\n";
}

os::OrFailure<void> fill(std::string const& folder, InitWish const& wish, sys_seconds at) {
    auto const ca = TRY(new_authority(wish.name, at));
    TRY(put(folder + "/root.pem", ca.root));
    TRY(put(folder + "/root.key", ca.root_key.view()));
    TRY(put(folder + "/intermediate.pem", ca.intermediate));
    TRY(put(folder + "/intermediate.key", ca.intermediate_key.view()));
    TRY(put_tls(folder, wish, ca, at));
    TRY(put_keys(folder));
    constexpr unsigned owner = 0700;
    if (::mkdir((folder + "/policies").c_str(), owner) != 0)
        return unwritable(folder + "/policies", "the folder cannot be made");
    return put(folder + "/steward.toml", configuration(wish));
}

} // namespace

os::OrFailure<void> init(InitWish const& wish, sys_seconds at) {
    if (!is_host_name(wish.name))
        return std::unexpected(
            os::Failure{
                .name = "usage", .text = "--name '" + wish.name + "' is no host name in lower case"
            }
        );
    auto folder = wish.folder;
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    std::error_code error;
    if (fs::exists(folder, error) && !fs::is_empty(folder, error))
        return std::unexpected(
            os::Failure{
                .name = "file-exists", .text = '\'' + folder + "' is there already and is not empty"
            }
        );
    auto const building = folder + ".init";
    constexpr unsigned owner = 0700;
    if (::mkdir(building.c_str(), owner) != 0)
        return unwritable(building, "the folder cannot be made");
    auto done = fill(building, wish, at);
    if (done) {
        fs::rename(building, folder, error);
        if (error) done = unwritable(folder, error.message());
    }
    if (!done) fs::remove_all(building, error);
    return done;
}

} // namespace service
