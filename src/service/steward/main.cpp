// enarx-steward: the attestation service.

#include "base/nearest.hpp"
#include "base/printable.hpp"
#include "os/standard_streams.hpp"
#include "os/write_all.hpp"
#include "protocol/failure/failure.hpp"
#include "service/api/api.hpp"
#include "service/steward/explain.hpp"
#include "service/steward/files.hpp"
#include "service/steward/serve.hpp"

#include <filesystem>
#include <map>
#include <set>

#include <unistd.h>

namespace {

constexpr int failed_status = 1;
constexpr int usage_status = 2;
constexpr int pin_status = 3; // for systemd's RestartPreventExitStatus
constexpr std::size_t largest_signer_file = std::size_t{64} << 10;

constexpr std::string_view help =
    R"(Attests Keeps, hands them what tenants entrust to it, and issues their certificates.

Usage: enarx-steward init [--name NAME] [--listen ADDRESS:PORT] [--signer FILE] DIRECTORY
       enarx-steward serve --config FILE
       enarx-steward rotate-kek --config FILE
       enarx-steward renew-intermediate --config FILE
       enarx-steward explain-release --config FILE (NAME | --deployment FILE) EVIDENCE

Commands:
  init             Make a new folder with keys, an authority and steward.toml.
  serve            Answer Keeps and tenants until SIGTERM or SIGINT.
  rotate-kek       Make a new key over all secrets in the database and seal them by it, all or none.
                   The service must not run meanwhile.
  renew-intermediate
                   Certify the intermediate's key for another year, with the root's. The service
                   takes it when it is started anew.
  explain-release  Say, rule by rule, what would be decided about this evidence. Nothing is
                   written. While the service runs give the deployment as a file.

Options:
  --config FILE           steward.toml; keys and state lie beside it.
  --name NAME             Host name of the service. Default: localhost.
  --listen ADDRESS:PORT   Where it listens. Default: 127.0.0.1:8443.
  --signer FILE           Keys of the authority lie in a token: module, token, pin-file, and
                          root-key, intermediate-key or both (docs/steward.md).
  --deployment FILE       A signed deployment, instead of one in the store.
  -h, --help              This text.
  -V, --version           The version.

Exit status: 0 success, 1 failure (explain-release: it would be denied), 2 wrong usage, 3 a token
refused the PIN: do not start it again before that is right.
)";

void put(int descriptor, std::string const& text) {
    (void)os::write_all(descriptor, base::view_of(text));
}

int report(os::Failure const& failure) {
    auto const* kind = protocol::find_failure(failure.name);
    // Texts hold names of files, and what stands in them.
    auto text = "enarx-steward: error: " + base::printable(failure.text) + " (" +
                std::string{failure.name} + ")\n";
    if (!failure.hint.empty()) {
        text += "  " + base::printable(failure.hint) + '\n';
    } else if (kind != nullptr) {
        text += "  " + std::string{kind->advice} + '\n';
    }
    put(STDERR_FILENO, text);
    if (failure.name == "signer-pin-refused") return pin_status;
    return failure.name == "usage" ? usage_status : failed_status;
}

std::unexpected<os::Failure> usage(std::string text) {
    return std::unexpected(
        os::Failure{.name = "usage", .text = std::move(text), .hint = "see enarx-steward --help"}
    );
}

struct Words {
    std::map<std::string, std::string, std::less<>> options;
    std::vector<std::string> operands;

    std::string option(std::string_view name, std::string const& otherwise = {}) const {
        auto const found = options.find(name);
        return found == options.end() ? otherwise : found->second;
    }
};

// Options with values, "--name VALUE" or "--name=VALUE", among operands.
os::OrFailure<Words> parse(std::span<char* const> words, std::set<std::string_view> const& known) {
    Words out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view const word{words[i]};
        if (!word.starts_with("--")) {
            out.operands.emplace_back(word);
            continue;
        }
        auto const equals = word.find('=');
        auto const name = word.substr(0, equals);
        if (!known.contains(name)) {
            auto const meant = base::nearest(name, std::vector(known.begin(), known.end()));
            return usage(
                "unknown option '" + std::string{name} + '\'' +
                (meant.empty() ? "" : "; did you mean " + std::string{meant} + '?')
            );
        }
        if (equals == std::string_view::npos && i + 1 == words.size())
            return usage(std::string{name} + " wants a value");
        out.options[std::string{name}] =
            equals == std::string_view::npos ? words[++i] : word.substr(equals + 1);
    }
    return out;
}

os::OrFailure<int> run_init(std::span<char* const> rest) {
    auto const words = TRY(parse(rest, {"--name", "--listen", "--signer"}));
    if (words.operands.size() != 1) return usage("init takes one folder");
    service::InitWish wish{
        .folder = words.operands[0],
        .name = words.option("--name", "localhost"),
        .listen = words.option("--listen", "127.0.0.1:8443")
    };
    if (auto const file = words.option("--signer"); !file.empty()) {
        auto const text = TRY(service::read_text(file, largest_signer_file));
        wish.signer = TRY(service::parse_signer(file, text));
        if (auto& pin = wish.signer->pin_file; !pin.starts_with("credential:"))
            pin = std::filesystem::absolute(pin).string();
    }
    TRY(service::init(wish, service::now()));
    put(STDOUT_FILENO,
        "made '" + wish.folder +
            "'; add your tenants to steward.toml in it, then\n"
            "  enarx-steward serve --config " +
            wish.folder + "/steward.toml\n");
    return 0;
}

os::OrFailure<int> run_serve(std::span<char* const> rest) {
    auto const words = TRY(parse(rest, {"--config"}));
    if (!words.operands.empty() || words.option("--config").empty())
        return usage("serve takes --config FILE and nothing else");
    TRY(service::serve(words.option("--config")));
    return 0;
}

os::OrFailure<int> run_rotate(std::span<char* const> rest) {
    auto const words = TRY(parse(rest, {"--config"}));
    if (!words.operands.empty() || words.option("--config").empty())
        return usage("rotate-kek takes --config FILE and nothing else");
    auto const done = TRY(service::rotate_kek_of(words.option("--config"), service::now()));
    put(STDOUT_FILENO,
        "sealed " + std::to_string(done) +
            " secrets by a new key; backups of the database need the former one\n");
    return 0;
}

os::OrFailure<int> run_renew(std::span<char* const> rest) {
    auto const words = TRY(parse(rest, {"--config"}));
    if (!words.operands.empty() || words.option("--config").empty())
        return usage("renew-intermediate takes --config FILE and nothing else");
    auto const end = TRY(service::renew_intermediate(words.option("--config"), service::now()));
    auto const days = std::chrono::round<std::chrono::days>(end - service::now()).count();
    put(STDOUT_FILENO,
        "the intermediate ends in " + std::to_string(days) +
            " days; start the service anew to use it\n");
    return 0;
}

os::OrFailure<int> run_explain(std::span<char* const> rest) {
    auto const words = TRY(parse(rest, {"--config", "--deployment"}));
    auto const file = words.option("--deployment");
    if (words.option("--config").empty() || words.operands.size() != (file.empty() ? 2U : 1U))
        return usage("explain-release takes --config FILE, a deployment and a file of evidence");
    auto const explained =
        TRY(service::explain_release(
            {.config = words.option("--config"),
             .name = file.empty() ? words.operands[0] : "",
             .deployment = file,
             .evidence = words.operands.back()}
        ));
    put(STDOUT_FILENO,
        explained.text + (explained.released ? "would be released\n" : "would be denied\n"));
    return explained.released ? 0 : failed_status;
}

os::OrFailure<int> run(std::span<char* const> words) {
    if (words.empty()) return usage("which command?");
    std::string_view const command{words[0]};
    for (std::string_view const word : words) {
        if (word == "--help" || word == "-h") {
            put(STDOUT_FILENO, std::string{help});
            return 0;
        }
    }
    if (command == "--version" || command == "-V") {
        put(STDOUT_FILENO, "enarx-steward " ENARX_VERSION "\n");
        return 0;
    }
    auto const rest = words.subspan(1);
    if (command == "init") return run_init(rest);
    if (command == "serve") return run_serve(rest);
    if (command == "rotate-kek") return run_rotate(rest);
    if (command == "renew-intermediate") return run_renew(rest);
    if (command == "explain-release") return run_explain(rest);
    return usage("there is no command '" + std::string{command} + '\'');
}

} // namespace

int main(int argc, char** argv) {
    os::secure_descriptors();
    std::span<char* const> const words{argv, static_cast<std::size_t>(argc)};
    auto const status = run(words.subspan(words.empty() ? 0 : 1));
    return status ? *status : report(status.error());
}
