#pragma once

// Enarx.toml: what a tenant asks for. Parsed strictly, in the Keep as well as on the host.

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace package {

enum class Protocol : std::uint8_t { Tcp, Tls };
enum class Source : std::uint8_t { Memory, Package, Host, Attestation };
enum class Mode : std::uint8_t { ReadOnly, ReadWrite };

// What a TLS entry trusts and presents. PEM text itself, never a path of the host.
struct Tls {
    std::vector<std::string> authorities; // connect: instead of the built-in roots; listen: clients
                                          // must chain to one of these
    bool authorities_of_deployment = false; // in their place: those that came with the grant
    std::vector<std::string> peers; // SPIFFE IDs of which the other side must bear one; one that
                                    // ends with a slash stands for all below it
    // Whether such a one may be a Keep that no hardware protects; nothing: if this Keep may be,
    // too.
    std::optional<bool> peers_without_hardware = {};
    std::string certificate; // presented, leaf first; empty: the Keep's
    std::string private_key; // goes with `certificate`
    bool certified = false;  // the Keep's has to be one that an attestation service has issued
    bool client_certificate = false; // listen: refuse a client without one
    std::vector<std::string> alpn;   // in order of preference
    std::string server_name;         // connect: instead of `host`
    bool session_tickets = false;
};

struct Null {
    std::string name;
};
struct Stdin {
    std::string name;
};
struct Stdout {
    std::string name;
};
struct Stderr {
    std::string name;
};
struct Listen {
    std::string name;
    Protocol protocol;
    std::string address;
    std::uint16_t port;
    Tls tls;
};
struct Connect {
    std::string name;
    Protocol protocol;
    std::string host;
    std::uint16_t port;
    Tls tls;
};
// `path` is the name by which the application sees it; `host_path` only for Source::Host.
struct Directory {
    std::string path;
    Source source;
    std::string host_path;
    Mode mode;
};

using File = std::variant<Null, Stdin, Stdout, Stderr, Listen, Connect, Directory>;

struct Limits {
    std::optional<std::uint64_t> memory; // bytes: linear memories and files in memory, all together
    std::uint32_t open_files = 1024;
    std::uint32_t sockets = 256;
};

struct Configuration {
    std::optional<std::string> steward;
    std::vector<std::string> args;
    std::map<std::string, std::string> env;
    std::vector<File> files; // in the order of the file; no `files` key: empty
    Limits limits;
};

// Where the text is wrong: lines and columns from 1. `message` says what; `hint`, if not empty,
// what to write instead.
struct ConfigurationError {
    std::uint32_t line;
    std::uint32_t column;
    std::string message;
    std::string hint;
};

inline constexpr std::size_t max_configuration_size = 1'000'000; // bytes

base::Result<Configuration, ConfigurationError> parse_configuration(std::string_view toml);

// The commented template that `enarx config init` writes; it parses to the default configuration.
std::string_view configuration_template();

} // namespace package
