#include "host/cli/deploy/host_access.hpp"

#include "base/printable.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"

namespace host::cli {

namespace {

constexpr std::size_t largest_token = 4096;
constexpr std::size_t largest_root = std::size_t{1} << 20;
constexpr std::string_view usual_port = "7443";

} // namespace

std::vector<Option> host_access_options(HostAccessWishes& wishes) {
    return {
        {.name = "--host",
         .value = "URL",
         .help = "The host that runs `enarx serve`: host[:port], https:// unless you say http:// "
                 "of this machine. Default port: 7443.",
         .target = &wishes.host,
         .environment = "ENARX_HOST"},
        {.name = "--token-file",
         .value = "FILE",
         .help = "Holds the token by which the host knows you.",
         .target = &wishes.token_file,
         .environment = "ENARX_TOKEN_FILE",
         .completion = Completion::File},
        {.name = "--host-key",
         .value = "FILE",
         .help = "The key (PEM) by which the host knows you, where that is no token: it is shown "
                 "in TLS.",
         .target = &wishes.key,
         .environment = "ENARX_HOST_KEY",
         .completion = Completion::File},
        {.name = "--host-root",
         .value = "FILE",
         .help = "PEM: the authority of the host's certificate, in the place of the built-in "
                 "ones. May be repeated.",
         .target = &wishes.roots,
         .completion = Completion::File},
    };
}

os::OrFailure<net::WebAddress> parse_host(std::string const& text) {
    auto const given = text.contains("://") ? text : "https://" + text;
    auto out = net::WebAddress::parse(given);
    if (!out)
        return failure(
            "usage", "--host '" + text + "' is no address of a host", "--host host.example:7443"
        );
    if (!out->tls && !out->loopback())
        return failure(
            "usage",
            "--host '" + text + "': without TLS everybody on the way has your token",
            "http:// is for this machine alone"
        );
    auto const authority = std::string_view{given}.substr(given.find("://") + 3);
    auto const name = authority.substr(0, authority.find('/'));
    auto const colon = name.rfind(':');
    bool const port =
        colon != std::string_view::npos && name.find(']', colon) == std::string_view::npos;
    if (!port) out->port = usual_port;
    return *out;
}

os::OrFailure<HostAccess> HostAccess::of(HostAccessWishes const& wishes) {
    if (!wishes.host)
        return failure("usage", "which host? --host is missing", "--host host.example");
    HostAccess out;
    out.address = TRY(parse_host(*wishes.host));
    for (auto const& path : wishes.roots) {
        auto const pem = TRY(read_bytes(path, largest_root));
        if (!crypto::certificates_from_pem(base::text_of(pem)))
            return failure("usage", "--host-root '" + path + "' is no certificate (PEM)");
        out.tls.authorities.emplace_back(base::text_of(pem));
    }
    if (wishes.token_file) {
        auto const bytes = TRY(read_bytes(*wishes.token_file, largest_token));
        auto const text = base::text_of(bytes);
        out.token = text.substr(0, text.find_last_not_of("\r\n") + 1);
    }
    if (wishes.key) {
        if (!out.address.tls)
            return failure("usage", "--host-key is shown in TLS, and this is a host without");
        auto const key = TRY(read_tenant_key(*wishes.key));
        out.tls.credential = TRY(shown_key(key));
    }
    return out;
}

net::HttpRequest HostAccess::request(std::string method, std::string target) const {
    net::HttpRequest out{
        .method = std::move(method), .address = address, .target = std::move(target)
    };
    if (!token.empty()) out.headers.emplace_back("Authorization", "Bearer " + token);
    return out;
}

// Never in this program's own voice: the host may want its customer to do something foolish.
std::string host_hint(std::string_view said) {
    return said.empty() ? std::string{} : "the host says: " + base::printable(said);
}

os::OrFailure<std::shared_ptr<crypto::TlsCredential const>>
shown_key(crypto::P256SigningKey const& key) {
    auto const at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    std::vector<std::string> const names{"tenant"};
    auto credential = crypto::TlsCredential::self_signed(crypto::TlsKey::of(key), names, at);
    if (!credential) return failure("internal", "the certificate of a key cannot be made");
    return std::make_shared<crypto::TlsCredential const>(std::move(*credential));
}

} // namespace host::cli
