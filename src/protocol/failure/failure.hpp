#pragma once

// Every failure that the command or exec reports has a stable name, an exit status and a page in `enarx explain`.

#include <array>
#include <cstdint>
#include <string_view>

namespace protocol {

// The exit statuses of `enarx run`, beside the application's own 0-255.
enum class ExitStatus : std::uint8_t {
    TimedOut = 124, Failed = 125, CannotRun = 126, NotFound = 127, Trap = 134, OutOfMemory = 137
};

struct FailureKind {
    std::string_view name;    // kebab-case, never renamed
    ExitStatus status;
    std::string_view summary; // one sentence: what happened
    std::string_view advice;  // what to do; may have several lines
};

// In alphabetical order of names. Add here what you report anywhere.
inline constexpr std::array failure_kinds{
    FailureKind{
        "address-in-use", ExitStatus::Failed, "Another program already listens at this address and port.",
        "End the other program (`ss -ltnp` shows it), or set another `port` in the `listen` entry of Enarx.toml."
    },
    FailureKind{
        "address-invalid", ExitStatus::Failed, "This address cannot be listened at.",
        "`addr` of a `listen` entry is an IPv4 or IPv6 address of this host: \"::\" for all, \"127.0.0.1\" or \"::1\" for this host only."
    },
    FailureKind{
        "address-not-permitted", ExitStatus::Failed, "The host does not let this program listen at this port.",
        "Ports below 1024 need privileges: set a higher `port`, or lower net.ipv4.ip_unprivileged_port_start on the host."
    },
    FailureKind{
        "connect-timeout", ExitStatus::Failed, "The server did not answer in time.",
        "Check `host` and `port` of the `connect` entry, and the firewalls between this host and the server."
    },
    FailureKind{
        "connection-failed", ExitStatus::Failed, "The connection to the server could not be made.",
        "Check `host` and `port` of the `connect` entry, and that this host has a route to the server."
    },
    FailureKind{
        "connection-refused", ExitStatus::Failed, "No program listens at the server's address and port.",
        "Start the server, or correct `host` and `port` of the `connect` entry."
    },
    FailureKind{
        "host-not-found", ExitStatus::Failed, "The name of the server does not resolve to an address.",
        "Check the spelling of `host`; `getent hosts NAME` shows what the host's /etc/hosts and DNS answer. An IP address works without DNS."
    },
    FailureKind{
        "internal", ExitStatus::Failed, "Enarx met a state that it did not expect.",
        "This is a defect of Enarx. Please report it with the command line and the output of `enarx platform info --json`."
    },
    FailureKind{
        "module-invalid", ExitStatus::CannotRun, "The file is no valid WebAssembly module.",
        "Check that the file is complete and was built for wasm32-wasip1. `enarx inspect FILE` shows what it is."
    },
    FailureKind{
        "module-not-found", ExitStatus::NotFound, "There is no file of that name.",
        "Check the path. A folder works too if it holds main.wasm."
    },
    FailureKind{
        "tls-authorities-missing", ExitStatus::Failed, "A `listen` entry wants client certificates, but names no authority for them.",
        "Set `authorities` of the entry to the PEM text of the authority that issues them."
    },
    FailureKind{
        "tls-certificate-expired", ExitStatus::Failed, "The server's certificate is not valid at this time.",
        "Have the server's certificate renewed. If it is valid, check the clock of this host."
    },
    FailureKind{
        "tls-certificate-invalid", ExitStatus::Failed, "The TLS settings of an entry of Enarx.toml cannot be used.",
        "`certificate` and `authorities` are PEM texts (-----BEGIN CERTIFICATE-----), the own certificate first; `private_key` is an unencrypted PEM key that belongs to it."
    },
    FailureKind{
        "tls-certificate-untrusted", ExitStatus::Failed, "The server's certificate was not issued by an authority of the entry.",
        "Add the PEM text of the authority that issued it to `authorities` of the `connect` entry, if you trust it."
    },
    FailureKind{
        "tls-handshake-failed", ExitStatus::Failed, "The server and the Keep could not agree on a TLS connection.",
        "The server must speak TLS 1.3 at this port. It may also demand a client certificate that it trusts, or another ALPN protocol."
    },
    FailureKind{
        "tls-name-mismatch", ExitStatus::Failed, "The server's certificate is for another name.",
        "Set `host`, or `server_name`, of the `connect` entry to a name that the certificate bears."
    },
};

constexpr FailureKind const* find_failure(std::string_view name) {
    for (auto const& kind : failure_kinds)
        if (kind.name == name) return &kind;
    return nullptr;
}

} // namespace protocol
