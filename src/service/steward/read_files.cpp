#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "os/check.hpp"
#include "os/fd.hpp"
#include "os/read_file.hpp"
#include "policy/parse.hpp"
#include "protocol/provision/deployment.hpp"
#include "service/steward/files.hpp"

#include <algorithm>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>

namespace service {

namespace {

namespace fs = std::filesystem;
using std::chrono::sys_seconds;

constexpr std::size_t largest_config = std::size_t{1} << 20;
constexpr std::size_t largest_key = std::size_t{64} << 10;
constexpr std::size_t largest_endorsement = std::size_t{16} << 20;

std::unexpected<os::Failure> unusable(std::string const& path, std::string const& why) {
    return std::unexpected(
        os::Failure{.name = "service-unusable", .text = '\'' + path + "' " + why}
    );
}

os::OrFailure<std::string>
read_open(os::Fd const& file, std::string const& path, std::size_t most) {
    auto const bytes = os::read_file(file.number(), most);
    if (!bytes)
        return unusable(path, "cannot be read: " + std::string{os::description(bytes.error())});
    return std::string{base::text_of(bytes->view())};
}

os::OrFailure<os::Fd> open(std::string const& path) {
    os::Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.number() < 0) return unusable(path, "is not there, or may not be read");
    return file;
}

template <class Key> os::OrFailure<Key> key(std::string const& path) {
    auto pem = TRY(read_secret(path));
    auto out = Key::parse_pem(base::view_of(pem));
    crypto::wipe(std::as_writable_bytes(std::span{pem}));
    if (!out) return unusable(path, "holds no key of the kind that is needed");
    return *std::move(out);
}

os::OrFailure<crypto::hpke::Key> recipient(std::string const& path) {
    auto digits = TRY(read_secret(path));
    while (digits.ends_with('\n')) digits.pop_back();
    base::Bytes<crypto::hpke::Key::private_size> bytes{};
    bool const read = base::unhex(digits, bytes);
    auto out = crypto::hpke::Key::from_private(crypto::hpke::Suite::XWing, bytes);
    crypto::wipe(std::as_writable_bytes(std::span{digits}));
    crypto::wipe(bytes);
    if (!read || !out) return unusable(path, "holds no key of 64 digits");
    return *std::move(out);
}

// A file, or those in a folder whose names end so; sorted.
os::OrFailure<std::vector<std::string>>
files_at(std::string const& path, std::string_view ending, bool must_be) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
        if (fs::exists(path, error)) return std::vector{path};
        if (must_be) return unusable(path, "is not there");
        return std::vector<std::string>{};
    }
    std::vector<std::string> out;
    for (fs::directory_iterator at{path, error}; !error && at != fs::directory_iterator{};
         at.increment(error))
        if (at->is_regular_file(error) && at->path().string().ends_with(ending))
            out.push_back(at->path().string());
    if (error) return unusable(path, "cannot be listed");
    std::ranges::sort(out);
    return out;
}

std::string beside(std::string const& folder, std::string const& path) {
    return path.starts_with('/') ? path : folder + '/' + path;
}

struct Policies {
    std::map<Digest, std::string> texts;
    std::map<std::string, Digest, std::less<>> names;
};

os::OrFailure<Policies> policies(std::string const& folder, Settings const& settings) {
    Policies out;
    std::string const authentic{protocol::provision::authentic_policy};
    out.texts.emplace(crypto::sha256(base::view_of(authentic)), authentic);
    if (settings.policies.empty()) return out;
    for (auto const& path : TRY(files_at(beside(folder, settings.policies), ".toml", true))) {
        auto text = TRY(read_text(path, largest_policy));
        TRY(policy::parse_policy(path, base::view_of(text)));
        Digest const digest = crypto::sha256(base::view_of(text));
        out.names.emplace(fs::path{path}.stem().string(), digest);
        out.texts.emplace(digest, std::move(text));
    }
    return out;
}

os::OrFailure<void>
add_root(attest::Roots& roots, std::string const& folder, std::string const& root) {
    auto const colon = root.find(':');
    auto const purposes = attest::purposes_named(root.substr(0, colon));
    if (colon == std::string::npos || !purposes)
        return unusable(root, "is no root: write PURPOSE:FILE, such as amd:ark.pem");
    auto const path = beside(folder, root.substr(colon + 1));
    attest::Endorsements holder;
    auto const text = TRY(read_text(path, largest_endorsement));
    if (!holder.add(base::view_of(text), path) || holder.certificates().empty())
        return unusable(path, "holds no certificate");
    for (auto const& certificate : holder.certificates()) roots.add(certificate, *purposes);
    return {};
}

os::OrFailure<Anchors> anchors(std::string const& folder, Settings const& settings) {
    Anchors out;
    if (!settings.roots.empty()) out.roots = attest::Roots::none();
    for (auto const& root : settings.roots) TRY(add_root(out.roots, folder, root));
    for (auto const& named : settings.endorsements)
        for (auto const& path : TRY(files_at(beside(folder, named), "", true))) {
            auto const text = TRY(read_text(path, largest_endorsement));
            auto const added = out.endorsements.add(base::view_of(text), path);
            if (!added)
                return std::unexpected(
                    os::Failure{
                        .name = "endorsement-unusable",
                        .text = '\'' + path + "': expected " + added.error().expected + ", found " +
                                added.error().found
                    }
                );
        }
    return out;
}

os::OrFailure<ServiceKeys>
service_keys(std::string const& folder, crypto::Ed25519PublicKey const& log) {
    auto const tls = TRY(key<crypto::P256SigningKey>(folder + "/tls.key"));
    return ServiceKeys{
        .grantor = TRY(key<crypto::P256SigningKey>(folder + "/grantor.key")),
        .ear = TRY(key<crypto::P384SigningKey>(folder + "/ear.key")),
        .recipient = TRY(recipient(folder + "/secrets.key")),
        .tls = tls.public_key(),
        .log = log
    };
}

} // namespace

// Only a file that nobody else may read or write holds a key.
os::OrFailure<std::string> read_secret(std::string const& path) {
    auto const file = TRY(open(path));
    struct stat about{};
    constexpr unsigned others = 077;
    if (::fstat(file.number(), &about) != 0 || !S_ISREG(about.st_mode) ||
        (about.st_mode & others) != 0)
        return unusable(path, "can be read or written by others; give it mode 0600");
    return read_open(file, path, largest_key);
}

os::OrFailure<std::string> read_text(std::string const& path, std::size_t most) {
    return read_open(TRY(open(path)), path, most);
}

std::string folder_of(std::string const& config) {
    auto const folder = fs::path{config}.parent_path().string();
    return folder.empty() ? "." : folder;
}

os::OrFailure<std::unique_ptr<Files>> read_files(std::string const& config, sys_seconds at) {
    auto const text = TRY(read_text(config, largest_config));
    auto settings = TRY(parse_settings(config, text));
    auto const folder = folder_of(config);
    auto const root = TRY(read_text(folder + "/root.pem", largest_key));
    auto const intermediate = TRY(read_text(folder + "/intermediate.pem", largest_key));
    auto const signer =
        TRY(open_signer(folder, settings.signer, SignerRole::Intermediate, intermediate));
    auto issuing =
        TRY(Authority::load(base::view_of(root), base::view_of(intermediate), signer, at));
    if (!settings.url.empty()) issuing.list_url(settings.url + "/pki/crl.der");
    auto log_key = TRY(key<crypto::Ed25519SigningKey>(folder + "/log.key"));
    auto keys = TRY(service_keys(folder, log_key.public_key()));
    auto trusted = TRY(anchors(folder, settings));
    auto known = TRY(policies(folder, settings));
    auto chain = TRY(read_text(folder + "/tls.pem", largest_key));
    auto tls_key = TRY(read_secret(folder + "/tls.key"));
    return std::make_unique<Files>(Files{
        .folder = folder,
        .settings = std::move(settings),
        .authority = std::move(issuing),
        .token = std::dynamic_pointer_cast<TokenSigner const>(signer),
        .keys = std::move(keys),
        .log_key = std::move(log_key),
        .anchors = std::move(trusted),
        .policies = std::move(known.texts),
        .policy_names = std::move(known.names),
        .tls_chain = std::move(chain),
        .tls_key = std::move(tls_key)
    });
}

} // namespace service
