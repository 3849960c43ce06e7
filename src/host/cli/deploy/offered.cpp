#include "host/cli/deploy/offered.hpp"

#include "host/cli/package/contents.hpp"
#include "host/cli/package/key_file.hpp"
#include "host/cli/registry/signature.hpp"
#include "host/cli/report.hpp"

#include <algorithm>
#include <filesystem>
#include <mutex>

namespace host::cli {

namespace {

using net::registry::Reference;
using net::registry::Registry;
using net::registry::RegistrySettings;

constexpr std::size_t part_size = std::size_t{8} << 20;

class OfferedFile final : public Offered {
public:
    explicit OfferedFile(PackageFile file) : file_{std::move(file)} {}

    std::string digest() const override { return file_.digest(); }
    std::vector<std::byte>
    read(std::string const& digest, std::uint64_t offset, std::size_t most) override {
        return file_.read(digest, offset, most);
    }
    PackageFile const* file() const override { return &file_; }

private:
    PackageFile file_;
};

// Read from the registry as the Keep asks for it; where the Keep reaches the registry itself, no
// layer comes here.
class OfferedReference final : public Offered {
public:
    OfferedReference(Registry registry, net::registry::ManifestBytes manifest, LentRegistry lent)
        : registry_{std::move(registry)}, manifest_{std::move(manifest)}, lent_{std::move(lent)} {}

    std::string digest() const override { return manifest_.digest; }
    std::optional<LentRegistry> registry() const override { return lent_; }
    std::vector<std::byte>
    read(std::string const& digest, std::uint64_t offset, std::size_t most) override {
        std::scoped_lock const lock{mutex_};
        bool const here =
            digest == digest_ && offset >= offset_ && offset - offset_ < ahead_.size();
        if (!here && !fetch(digest, offset)) return {};
        auto const from = base::View{ahead_}.subspan(static_cast<std::size_t>(offset - offset_));
        auto const out = from.first(std::min(most, from.size()));
        return {out.begin(), out.end()};
    }

private:
    bool fetch(std::string const& digest, std::uint64_t offset) {
        digest_ = digest;
        offset_ = offset;
        ahead_.clear();
        if (digest == manifest_.digest) {
            auto const rest = base::View{manifest_.bytes}.subspan(
                static_cast<std::size_t>(std::min<std::uint64_t>(offset, manifest_.bytes.size()))
            );
            ahead_.assign(rest.begin(), rest.end());
            return true;
        }
        auto part = registry_.part(digest, offset, part_size);
        if (!part) write_error("enarx: warning: " + part.error().text + '\n');
        if (part) ahead_ = std::move(*part);
        return part.has_value();
    }

    std::mutex mutex_; // of all that follows
    Registry registry_;
    net::registry::ManifestBytes manifest_;
    LentRegistry lent_;
    // What was read last.
    std::string digest_;
    std::uint64_t offset_ = 0;
    std::vector<std::byte> ahead_;
};

LentRegistry lent(Reference const& where, RegistrySettings const& settings, bool with_credentials) {
    auto const& server = where.server;
    LentRegistry out{
        .repository = where.address(),
        .endpoint =
            (server.host.contains(':') ? '[' + server.host + ']' : server.host) + ':' + server.port,
        .credentials = {},
        .authorities = {}
    };
    // Without TLS everybody on the way would read them, the Keep's host first.
    if (with_credentials && server.tls) out.credentials = settings.credentials;
    if (!settings.http.tls.authorities.empty())
        out.authorities = settings.http.tls.authorities.front();
    return out;
}

os::OrFailure<void>
check_digest(OfferWishes const& wishes, std::string const& found, std::string const& wanted) {
    if (found == wanted) return {};
    return failure(
        "package-key-wrong",
        "the key file is one of " + wanted + ", and '" + *wishes.package + "' is " + found
    );
}

os::OrFailure<std::unique_ptr<Offered>>
open_file(OfferWishes const& wishes, std::string const& digest) {
    if (wishes.lend_credentials || wishes.access.used())
        return failure("usage", "'" + *wishes.package + "' is a file, and not in a registry");
    auto file = TRY(PackageFile::open(*wishes.package));
    TRY(check_digest(wishes, file.digest(), digest));
    if (wishes.signed_by) TRY(verified_file(*wishes.package, file.digest(), *wishes.signed_by));
    return std::make_unique<OfferedFile>(std::move(file));
}

os::OrFailure<std::unique_ptr<Offered>>
open_reference(OfferWishes const& wishes, std::string const& digest) {
    auto const where = TRY(wishes.access.reference(*wishes.package));
    std::optional<crypto::PublicKey> key;
    if (wishes.signed_by) key = TRY(read_public_key(*wishes.signed_by));
    auto const settings = TRY(wishes.access.settings(where));
    if (wishes.lend_credentials && !settings.credentials)
        return failure(
            "usage",
            "--lend-credentials: nobody knows who asks " + where.name(),
            "--username NAME --password-stdin, or log in by `docker login` or its sisters"
        );
    Registry registry{where, settings, false};
    auto manifest = TRY(registry.manifest(where.wanted()));
    TRY(check_digest(wishes, manifest.digest, digest));
    TRY(manifest_of(where.text(), manifest.bytes));
    if (key) {
        auto const signatures = TRY(signatures_of(registry, digest));
        TRY(verified_signature(digest, signatures, *key));
    }
    return std::make_unique<OfferedReference>(
        std::move(registry), std::move(manifest), lent(where, settings, wishes.lend_credentials)
    );
}

} // namespace

// A path that is there is a file, whatever it looks like; so is one that says that it is a path.
bool OfferWishes::in_registry() const {
    std::error_code error;
    if (std::filesystem::exists(*package, error) || package->starts_with('.')) return false;
    return Reference::parse(*package, false).has_value();
}

std::string OfferWishes::key_path() const {
    if (key) return *key;
    if (!in_registry()) return key_path_of(*package);
    // Where `enarx pull` would write the package.
    auto const repository = Reference::parse(*package, false)->repository;
    return key_path_of(repository.substr(repository.rfind('/') + 1) + ".enx");
}

std::vector<Option> offer_options(OfferWishes& wishes) {
    auto out = wishes.access.options();
    out.push_back(
        {.name = "--lend-credentials",
         .help =
             "Give the Keep, once it has proved what it is, the name and password for the "
             "registry, so that it fetches the package itself. Without, it tries as a stranger, "
             "and asks you for what it is not given.",
         .target = &wishes.lend_credentials}
    );
    out.push_back(
        {.name = "--signed-by",
         .value = "KEY",
         .help =
             "Refuse a package that this public key (PEM) has not signed. Signatures are in the "
             "registry; of a file in FILE.sig (`enarx pull`).",
         .target = &wishes.signed_by,
         .completion = Completion::File}
    );
    return out;
}

os::OrFailure<std::unique_ptr<Offered>>
open_offered(OfferWishes const& wishes, std::string const& digest) {
    return wishes.in_registry() ? open_reference(wishes, digest) : open_file(wishes, digest);
}

} // namespace host::cli
