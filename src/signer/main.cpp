// enarx-signer: holds the attestation service's authority in a token (PKCS #11), in a process of
// its own. The service starts it, with a socket as its standard input, and it ends with that.

#include "os/check.hpp"
#include "os/standard_streams.hpp"
#include "os/write_all.hpp"
#include "protocol/signer/message.hpp"
#include "signer/rules.hpp"
#include "signer/token.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

namespace wire = protocol::signer;
using signer::Issues;

constexpr int socket_number = STDIN_FILENO;
constexpr int usage_status = 2;

constexpr std::string_view help =
    R"(Signs certificates with a key in a token (PKCS #11), for enarx-steward, which starts it.

Usage: enarx-signer --module FILE --token LABEL --key LABEL --pin-file FILE --issues KIND

Standard input is a socket on which the service asks.

Options:
  --module FILE      The token's PKCS #11 module, a shared object.
  --token LABEL      The token.
  --key LABEL        The key pair on P-384 in it.
  --pin-file FILE    The PIN: a file of mode 0600, or credential:NAME of systemd.
  --issues KIND      authorities: a root; leaves: an intermediate.
  -h, --help         This text.
  -V, --version      The version.

Exit status: 0 the service ended it, 1 failure, 2 wrong usage.
)";

void put(int descriptor, std::string_view text) {
    (void)os::write_all(descriptor, base::view_of(text));
}

// All of `out`; nothing: the other side has gone.
bool receive(std::span<std::byte> out) {
    while (!out.empty()) {
        auto const got =
            os::retry([&] { return ::recv(socket_number, out.data(), out.size(), 0); });
        if (got <= 0) return false;
        out = out.subspan(static_cast<std::size_t>(got));
    }
    return true;
}

bool answer(base::View message) {
    while (!message.empty()) {
        auto const sent = os::retry([&] {
            return ::send(socket_number, message.data(), message.size(), MSG_NOSIGNAL);
        });
        if (sent <= 0) return false;
        message = message.subspan(static_cast<std::size_t>(sent));
    }
    return true;
}

bool refuse(os::Failure const& failure) {
    return answer(
        wire::encode(wire::Refusal{.name = std::string{failure.name}, .text = failure.text})
    );
}

// One question; false: it is over.
bool serve_one(os::OrFailure<signer::Token>& token, Issues issues) {
    base::Bytes<wire::head_size> bytes{};
    if (!receive(bytes)) return false;
    auto const head = wire::decode_head(bytes, wire::largest_body);
    if (!head) return false;
    std::vector<std::byte> body(head->body);
    if (!receive(body)) return false;
    if (!token) return refuse(token.error()) && false; // once; nothing is tried again here
    switch (head->kind) {
    case wire::Kind::AskKey:
        return answer(wire::encode(wire::Kind::Key, token->point()));
    case wire::Kind::AskSign: {
        if (auto const held = signer::check(body, issues, token->point()); !held)
            return refuse(held.error());
        auto const signature = token->sign(body);
        if (!signature) return refuse(signature.error()) && false; // a new one begins anew
        return answer(wire::encode(wire::Kind::Signature, *signature));
    }
    default:
        return false;
    }
}

int usage(std::string const& text) {
    put(STDERR_FILENO, "enarx-signer: error: " + text + " (usage)\n  see enarx-signer --help\n");
    return usage_status;
}

int run(std::span<char* const> words) {
    std::map<std::string_view, std::string> options{
        {"--module", ""}, {"--token", ""}, {"--key", ""}, {"--pin-file", ""}, {"--issues", ""}
    };
    for (std::size_t i = 0; i < words.size(); i += 2) {
        std::string_view const word{words[i]};
        if (word == "--help" || word == "-h") {
            put(STDOUT_FILENO, help);
            return 0;
        }
        if (word == "--version" || word == "-V") {
            put(STDOUT_FILENO, "enarx-signer " ENARX_VERSION "\n");
            return 0;
        }
        auto const found = options.find(word);
        if (found == options.end()) return usage("unknown option '" + std::string{word} + '\'');
        if (i + 1 == words.size()) return usage(std::string{word} + " wants a value");
        found->second = words[i + 1];
    }
    for (auto const& [name, value] : options)
        if (value.empty()) return usage(std::string{name} + " is missing");
    auto const& kind = options["--issues"];
    if (kind != "authorities" && kind != "leaves")
        return usage("--issues is `authorities` or `leaves`");
    int type = 0;
    socklen_t size = sizeof type;
    if (::getsockopt(socket_number, SOL_SOCKET, SO_TYPE, &type, &size) != 0)
        return usage("standard input is no socket: enarx-steward starts this program");
    auto token = signer::Token::open(
        {.module = options["--module"],
         .token = options["--token"],
         .key = options["--key"],
         .pin_place = options["--pin-file"]}
    );
    auto const issues = kind == "authorities" ? Issues::Authorities : Issues::Leaves;
    while (serve_one(token, issues)) {
    }
    return token ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    os::secure_descriptors();
    ::prctl(PR_SET_DUMPABLE, 0); // the PIN was here
    std::span<char* const> const words{argv, static_cast<std::size_t>(argc)};
    return run(words.subspan(words.empty() ? 0 : 1));
}
