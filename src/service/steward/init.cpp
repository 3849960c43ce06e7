#include "base/hex.hpp"
#include "base/json_string.hpp"
#include "crypto/checkpoint.hpp"
#include "crypto/pem.hpp"
#include "os/new_file.hpp"
#include "service/ca/names.hpp"
#include "service/seal/kek.hpp"
#include "service/signer/token_signer.hpp"
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

// Whoever signs as one part of the authority: a new key in a file, or the token's.
os::OrFailure<std::shared_ptr<crypto::P384Signer const>>
signer_of(std::optional<SignerSettings> const& token, SignerRole role, std::string const& file) {
    bool const root = role == SignerRole::Root;
    if (token && !(root ? token->root_key : token->intermediate_key).empty()) {
        auto begun = TRY(TokenSigner::begin(*token, role));
        return std::shared_ptr<crypto::P384Signer const>{std::move(begun)};
    }
    auto key = TRY(new_key<crypto::P384SigningKey>(file));
    return std::make_shared<crypto::OwnP384Signer const>(std::move(key));
}

os::OrFailure<void> put_authority(std::string const& folder, InitWish const& wish, sys_seconds at) {
    auto const root = TRY(signer_of(wish.signer, SignerRole::Root, folder + "/root.key"));
    auto const intermediate =
        TRY(signer_of(wish.signer, SignerRole::Intermediate, folder + "/intermediate.key"));
    auto const made =
        TRY(certify_authority(wish.name, {.root = *root, .intermediate = *intermediate}, at));
    TRY(put(folder + "/root.pem", made.root));
    TRY(put(folder + "/intermediate.pem", made.intermediate));
    auto const key = TRY(new_key<crypto::P256SigningKey>(folder + "/tls.key"));
    auto const chain =
        TRY(service_certificate(made.intermediate, *intermediate, wish.name, key.public_key()));
    return put(folder + "/tls.pem", chain);
}

os::OrFailure<void> put_keys(std::string const& folder, std::string const& name) {
    TRY(new_key<crypto::P384SigningKey>(folder + "/ear.key"));
    auto const log = TRY(new_key<crypto::Ed25519SigningKey>(folder + "/log.key"));
    TRY(put(folder + "/log.vkey", crypto::verifier_key(name, log.public_key()) + '\n'));
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

std::string signer_table(std::optional<SignerSettings> const& signer) {
    if (!signer) return {};
    auto out = "\n# The token that holds keys of the authority; enarx-signer asks "
               "it.\n[signer]\nmodule = " +
               base::json_string(signer->module) + "\ntoken = " + base::json_string(signer->token) +
               "\npin-file = " + base::json_string(signer->pin_file) + '\n';
    if (!signer->root_key.empty())
        out += "root-key = " + base::json_string(signer->root_key) + '\n';
    if (!signer->intermediate_key.empty())
        out += "intermediate-key = " + base::json_string(signer->intermediate_key) + '\n';
    return out;
}

std::string configuration(InitWish const& wish) {
    return "# Configuration of enarx-steward: docs/steward.md describes every setting.\n"
           "listen = [\"" +
           wish.listen +
           "\"] # Keeps and tenants, TLS\noperator = \"127.0.0.1:9443\" # metrics, "
           "health, page; loopback only\n"
           "# operator-tokens = [\"...\"] # SHA-256 of a token; without one everybody on this "
           "machine "
           "is the operator\nname = \"" +
           wish.name + "\" # of this service, and of its log\n# url = \"https://" + wish.name +
           ":8443\" # where it is reached from outside: for the revocation list\n"
           "policies = \"policies\" # files that deployments may name by their SHA-256\n\n"
           "# Who may deploy what. No deployment is taken before there is a tenant.\n"
           "# [tenant.shop]\n"
           "# keys = [\"...\"] # `enarx key tenant digest KEY`\n"
           "# deployments = [\"shop/\"] # names; with a slash at the end: all below it\n"
           "# dns-names = [\"api.shop.example\"] # that certificates of its Keeps may bear\n"
           "# tokens = [\"...\"] # SHA-256 of tokens that show its page\n"
           "# replicas = 100\n"
           "# allow-no-hardware = false\n" +
           signer_table(wish.signer);
}

os::OrFailure<void> fill(std::string const& folder, InitWish const& wish, sys_seconds at) {
    TRY(put_authority(folder, wish, at));
    TRY(put_keys(folder, wish.name));
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
