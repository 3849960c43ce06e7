#include "host/cli/serve/serve.hpp"

#include "base/view.hpp"
#include "host/cli/platform/render.hpp"
#include "host/cli/platform/state.hpp"
#include "host/cli/report.hpp"
#include "host/cli/run/configuration.hpp"
#include "host/cli/run/snp_options.hpp"
#include "host/cli/verify/inputs.hpp"
#include "host/serve/service.hpp"
#include "host/serve/state.hpp"
#include "host/vmm/backend/pick.hpp"
#include "package/byte_size.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace host::cli {

namespace {

constexpr std::size_t largest_pem = 1 << 20;

class Serve : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<std::vector<os::SocketAddress>> addresses() const;
    os::OrFailure<serve::Accounts> accounts(bool loopback) const;
    os::OrFailure<std::vector<std::string>> backends() const;
    os::OrFailure<std::vector<std::string>> snp(std::vector<std::string> const& backends) const;
    os::OrFailure<std::string> state() const;
    os::OrFailure<void> read_tls(serve::ServiceSettings& settings, bool loopback) const;
    os::OrFailure<void> read_limits(serve::ServiceSettings& settings) const;

    std::vector<std::string> listen_;
    std::optional<std::string> chain_;
    std::optional<std::string> key_;
    std::optional<std::string> customers_;
    std::vector<std::string> backends_;
    std::optional<std::string> state_;
    std::optional<std::string> keeps_;
    std::optional<std::string> memory_;
    std::optional<std::string> blobs_;
    GivenSnp snp_;
    bool plain_ = false;
};

Syntax Serve::syntax(Global& global) {
    Syntax out{
        .options =
            {
                {.name = "--listen",
                 .value = "[ADDRESS]:PORT",
                 .help = "Where to listen; without an address at all of this host's. Port 0: one "
                         "that is free. Can be repeated. Default: 127.0.0.1:7443.",
                 .target = &listen_},
                {.name = "--tls",
                 .value = "FILE",
                 .help = "The server's certificate and those up to its authority, in PEM.",
                 .target = &chain_,
                 .completion = Completion::File},
                {.name = "--tls-key",
                 .value = "FILE",
                 .help = "The key of the certificate, in PEM. Default: the file of --tls.",
                 .target = &key_,
                 .completion = Completion::File},
                {.name = "--plain-http",
                 .help = "No TLS; only at loopback addresses.",
                 .target = &plain_},
                {.name = "--customers",
                 .value = "FILE",
                 .help = "Who may start Keeps, and how many (docs/serve.md).",
                 .target = &customers_,
                 .completion = Completion::File},
                {.name = "--backend",
                 .value = "NAME",
                 .help = "What customers may have; the first where they do not say. Can be "
                         "repeated. Default: the best that this host has.",
                 .target = &backends_},
                {.name = "--state",
                 .value = "DIRECTORY",
                 .help = "For the cache of packages and the sockets of Keeps; this user's own. "
                         "Default: $STATE_DIRECTORY, $XDG_STATE_HOME/enarx-serve or "
                         "~/.local/state/enarx-serve.",
                 .target = &state_,
                 .completion = Completion::Folder},
                {.name = "--keeps",
                 .value = "NUMBER",
                 .help = "Keeps at once, of all customers. Default: 256.",
                 .target = &keeps_},
                {.name = "--memory",
                 .value = "SIZE",
                 .help = "Memory of all Keeps together. Default: no limit but the customers'.",
                 .target = &memory_},
                {.name = "--blobs",
                 .value = "SIZE",
                 .help = "Size of the cache of packages; what was used longest ago goes first. "
                         "Default: 10G.",
                 .target = &blobs_},
            },
        .operands = {}
    };
    add_snp_options(out.options, snp_);
    for (auto& option : log_options(global))
        if (option.name == "--log-format") out.options.push_back(std::move(option));
    return out;
}

os::OrFailure<std::vector<os::SocketAddress>> Serve::addresses() const {
    std::vector<std::string> texts = listen_;
    if (texts.empty()) texts.emplace_back("127.0.0.1:7443");
    std::vector<os::SocketAddress> out;
    for (auto const& text : texts) {
        auto const colon = text.rfind(':');
        auto host = colon == std::string::npos ? std::string{} : text.substr(0, colon);
        if (host.empty()) host = "::";
        auto const port_text = std::string_view{text}.substr(std::min(colon + 1, text.size()));
        std::uint16_t port = 0;
        auto const* const end = port_text.data() + port_text.size();
        auto const [rest, error] = std::from_chars(port_text.data(), end, port);
        auto const address = os::SocketAddress::parse(host, port);
        bool const fits = colon != std::string::npos && error == std::errc{} && rest == end;
        if (!fits || !address)
            return failure(
                "usage",
                "--listen cannot be '" + text + '\'',
                "write an address and a port: 127.0.0.1:7443, [::1]:7443, or :7443 for all"
            );
        out.push_back(*address);
    }
    return out;
}

os::OrFailure<serve::Accounts> Serve::accounts(bool loopback) const {
    if (!customers_) {
        if (loopback) return serve::Accounts::open();
        return failure(
            "usage",
            "who may start Keeps? --customers is missing",
            "only at loopback addresses everybody may"
        );
    }
    auto const bytes = TRY(read_whole(*customers_, package::max_configuration_size));
    auto customers = package::parse_customers(base::text_of(bytes.view()));
    if (!customers) return std::unexpected(configuration_failure(*customers_, customers.error()));
    return serve::Accounts{std::move(*customers)};
}

os::OrFailure<std::vector<std::string>> Serve::backends() const {
    auto const machine = vmm::Machine::real();
    std::vector<std::string> out;
    for (auto const& name : backends_) {
        auto const* picked =
            TRY(vmm::pick({.name = name, .require_hardware = false}, vmm::backends(), machine));
        out.emplace_back(picked->name);
    }
    if (!out.empty()) return out;
    out.emplace_back(TRY(vmm::pick({}, vmm::backends(), machine))->name);
    return out;
}

// What every SEV-SNP Keep here is started with. Read once now: what no Keep could be started with
// is told to who starts the host, not to its first customer.
os::OrFailure<std::vector<std::string>> Serve::snp(std::vector<std::string> const& backends) const {
    if (!snp_.any()) return std::vector<std::string>{};
    if (std::ranges::find(backends, "snp") == backends.end())
        return failure(
            "usage",
            "options of SEV-SNP Keeps, and customers get none here",
            "add --backend snp, or leave them out"
        );
    vmm::LaunchOrder tried;
    auto const machine = vmm::Machine::real();
    auto const* const backend =
        TRY(vmm::pick({.name = "snp", .require_hardware = true}, vmm::backends(), machine));
    TRY(add_snp_terms(tried, snp_, *backend));
    return snp_words(snp_);
}

os::OrFailure<std::string> Serve::state() const {
    if (state_) return *state_;
    for (auto const& [name, behind] :
         {std::pair{"STATE_DIRECTORY", ""},
          std::pair{"XDG_STATE_HOME", "/enarx-serve"},
          std::pair{"HOME", "/.local/state/enarx-serve"}})
        if (auto const* value = std::getenv(name); value != nullptr && value[0] == '/')
            return value + std::string{behind};
    return failure("usage", "--state is missing, and neither XDG_STATE_HOME nor HOME is set");
}

os::OrFailure<void> Serve::read_tls(serve::ServiceSettings& settings, bool loopback) const {
    if (plain_ && !loopback)
        return failure(
            "usage",
            "--plain-http is for loopback addresses only",
            "give --tls and --tls-key, or listen at 127.0.0.1"
        );
    if (plain_ == (chain_ || key_) || (key_ && !chain_))
        return failure(
            "usage",
            "either --tls and --tls-key are needed, or --plain-http",
            "enarx serve --plain-http    for trying it out on this host"
        );
    if (plain_) return {};
    auto const chain = TRY(read_whole(*chain_, largest_pem));
    auto const key = TRY(read_whole(key_ ? *key_ : *chain_, largest_pem));
    if (!key_ && !base::text_of(key.view()).contains("PRIVATE KEY-----"))
        return failure(
            "usage",
            "--tls-key is missing, and '" + *chain_ + "' has the certificate alone",
            "give the key of the certificate: --tls-key FILE"
        );
    settings.chain = base::text_of(chain.view());
    settings.key = base::text_of(key.view());
    return {};
}

os::OrFailure<std::uint64_t> size_of(std::string_view option, std::string const& text) {
    auto const size = package::parse_byte_size(text);
    if (size && *size > 0) return *size;
    return failure(
        "usage",
        std::string{option} + " cannot be '" + text + '\'',
        "write bytes, or a number with K, M, G or T: 16G"
    );
}

os::OrFailure<void> Serve::read_limits(serve::ServiceSettings& settings) const {
    if (memory_) settings.memory = TRY(size_of("--memory", *memory_));
    if (blobs_) settings.blobs = TRY(size_of("--blobs", *blobs_));
    if (!keeps_) return {};
    auto const* const end = keeps_->data() + keeps_->size();
    auto const [rest, error] = std::from_chars(keeps_->data(), end, settings.keeps);
    if (error == std::errc{} && rest == end) return {};
    return failure("usage", "--keeps cannot be '" + *keeps_ + "'", "write a number");
}

os::OrFailure<int> Serve::carry_out(Global const& global) {
    auto const listen = TRY(addresses());
    auto const backends = TRY(this->backends());
    bool const loopback =
        std::ranges::all_of(listen, [](auto const& address) { return address.loopback(); });
    serve::ServiceSettings settings{
        .listen = listen,
        .accounts = TRY(accounts(loopback)),
        .state = TRY(state()),
        .program = "/proc/self/exe",
        .backends = backends,
        .snp_words = TRY(snp(backends)),
        .platform = [] { return platform_json(platform_state()); }
    };
    TRY(read_tls(settings, loopback));
    TRY(read_limits(settings));
    if (global.log_format == "json") settings.log = base::LogFormat::Json;
    TRY(serve::serve(settings));
    return 0;
}

class ServeSweeper : public Use {
public:
    Syntax syntax(Global& /*global*/) override {
        return {
            .options = {},
            .operands = {{.name = "DIRECTORY", .help = "What to remove.", .target = &folder_}}
        };
    }
    os::OrFailure<int> carry_out(Global const& /*global*/) override {
        serve::sweep_when_alone(*folder_);
        return 0;
    }

private:
    std::optional<std::string> folder_;
};

} // namespace

std::unique_ptr<Use> use_serve() { return std::make_unique<Serve>(); }
std::unique_ptr<Use> use_serve_sweeper() { return std::make_unique<ServeSweeper>(); }

} // namespace host::cli
