#pragma once

// Every failure that the command or exec reports has a stable name, an exit status and a page in
// `enarx explain`.

#include <array>
#include <cstdint>
#include <string_view>

namespace protocol {

// The exit statuses of `enarx run`, beside the application's own 0-255.
enum class ExitStatus : std::uint8_t {
    TimedOut = 124,
    Failed = 125,
    CannotRun = 126,
    NotFound = 127,
    Trap = 134,
    OutOfMemory = 137
};

struct FailureKind {
    std::string_view name; // kebab-case, never renamed
    ExitStatus status;
    std::string_view summary; // one sentence: what happened
    std::string_view advice;  // what to do; may have several lines
};

// In alphabetical order of names. Add here what you report anywhere.
inline constexpr std::array failure_kinds{
    FailureKind{
        "address-in-use",
        ExitStatus::Failed,
        "Another program already listens at this address and port.",
        "End the other program (`ss -ltnp` shows it), or set another `port` in the `listen` entry "
        "of Enarx.toml."
    },
    FailureKind{
        "address-invalid",
        ExitStatus::Failed,
        "This address cannot be listened at.",
        "`addr` of a `listen` entry is an IPv4 or IPv6 address of this host: \"::\" for all, "
        "\"127.0.0.1\" or \"::1\" for this host only."
    },
    FailureKind{
        "address-not-permitted",
        ExitStatus::Failed,
        "The host does not let this program listen at this port.",
        "Ports below 1024 need privileges: set a higher `port`, or lower "
        "net.ipv4.ip_unprivileged_port_start on the host."
    },
    FailureKind{
        "application-too-large",
        ExitStatus::CannotRun,
        "The file is larger than an application may be.",
        "An application of up to 512 MiB runs. Check that this is the right file."
    },
    FailureKind{
        "application-unreadable",
        ExitStatus::CannotRun,
        "The application's file cannot be read.",
        "Check that it is a regular file, or a folder that holds main.wasm, and that you may read "
        "it."
    },
    FailureKind{
        "backend-unavailable",
        ExitStatus::Failed,
        "The backend cannot be used on this host, or by this build of Enarx.",
        "`enarx platform info` shows what each backend needs and what is missing."
    },
    FailureKind{
        "backend-unknown",
        ExitStatus::Failed,
        "There is no backend of that name.",
        "The backends are snp (or sev), tdx, sgx, kvm and nil."
    },
    FailureKind{
        "cache-unavailable",
        ExitStatus::Failed,
        "There is no folder for compiled code that belongs to this user alone.",
        "Compiled code is kept in $XDG_CACHE_HOME/enarx or ~/.cache/enarx. It is run as it is, so "
        "nobody else may be able to write there: `chmod 700` the folder. Without it applications "
        "start more slowly."
    },
    FailureKind{
        "collateral-unavailable",
        ExitStatus::Failed,
        "A vendor's service did not give an endorsement.",
        "Try again later, or from a host that reaches the service; a mirror is named with --kds, "
        "--pcs and --intel-certificates. Status 404 of the KDS means that it has no such "
        "certificate: the report's chip or TCB is not what it says, or too new."
    },
    FailureKind{
        "component-unsupported",
        ExitStatus::CannotRun,
        "The file is a WebAssembly component; components are not supported yet.",
        "Build the application as a module of WASI preview 1: for Rust the target wasm32-wasip1, "
        "for C wasm32-wasi."
    },
    FailureKind{
        "configuration-invalid",
        ExitStatus::Failed,
        "Enarx.toml says something that Enarx does not understand.",
        "The message names line and column. `enarx config init` writes a commented example; every "
        "key is described in docs/."
    },
    FailureKind{
        "configuration-unreadable",
        ExitStatus::Failed,
        "The configuration file cannot be read.",
        "Check the path that --config (or ENARX_WASMCFGFILE) names, and that you may read the file."
    },
    FailureKind{
        "connect-timeout",
        ExitStatus::Failed,
        "The server did not answer in time.",
        "Check `host` and `port` of the `connect` entry, and the firewalls between this host and "
        "the server."
    },
    FailureKind{
        "connection-failed",
        ExitStatus::Failed,
        "The connection to the server could not be made.",
        "Check `host` and `port` of the `connect` entry, and that this host has a route to the "
        "server."
    },
    FailureKind{
        "connection-refused",
        ExitStatus::Failed,
        "No program listens at the server's address and port.",
        "Start the server, or correct `host` and `port` of the `connect` entry."
    },
    FailureKind{
        "descriptor-limit",
        ExitStatus::Failed,
        "The application is given more files and sockets at its start than its limits allow.",
        "Raise `open_files` or `sockets` of [limits] in Enarx.toml."
    },
    FailureKind{
        "directory-unavailable",
        ExitStatus::Failed,
        "A directory for the application cannot be opened.",
        "Check that the directory exists on the host and that you may read it. A Keep mounts host "
        "directories only if --dir or Enarx.toml names them."
    },
    FailureKind{
        "directory-unconfined",
        ExitStatus::Failed,
        "The kernel cannot confine a host directory.",
        "A directory of the host needs the system call openat2: Linux 5.6 or later, and a "
        "container that lets it pass. Without it, take `source = \"memory\"` or \"package\"."
    },
    FailureKind{
        "endorsement-unusable",
        ExitStatus::Failed,
        "An endorsement is damaged, of an unknown form, or contradicts another one.",
        "Certificates and revocation lists are taken in DER and PEM, collateral as the vendor's "
        "JSON. Fetch it again, or leave the file out."
    },
    FailureKind{
        "evidence-unknown",
        ExitStatus::Failed,
        "The file is no evidence that Enarx knows.",
        "Evidence is a report of SEV-SNP, a quote of SGX or TDX, a document of AWS Nitro, a token "
        "of Arm CCA, a certification request of Enarx or evidence of a Keep without hardware, in "
        "its binary form. `enarx inspect FILE` shows what a file is."
    },
    FailureKind{
        "export-unknown",
        ExitStatus::CannotRun,
        "The application has no function of that name.",
        "`enarx inspect FILE` lists what it exports."
    },
    FailureKind{
        "file-exists",
        ExitStatus::Failed,
        "A file that would be written is there already.",
        "Nothing was changed. Move the file away, or go on with it."
    },
    FailureKind{
        "file-not-found", ExitStatus::Failed, "There is no file of that name.", "Check the path."
    },
    FailureKind{
        "file-too-large",
        ExitStatus::Failed,
        "The file is larger than any file of its kind.",
        "Evidence has at most 1 MiB, an endorsement 4 MiB. It was not read to its end."
    },
    FailureKind{
        "file-unknown",
        ExitStatus::Failed,
        "The file is of a kind that `enarx inspect` does not know.",
        "It knows WebAssembly modules (binary and text), components, folders with main.wasm, "
        "Enarx.toml, and artefacts of attestation: reports, quotes, tokens, certificates, "
        "revocation lists, collateral, ID blocks, SIGSTRUCTs, SGXS streams, event logs."
    },
    FailureKind{
        "file-unreadable",
        ExitStatus::Failed,
        "The file cannot be read.",
        "Check that it is a file or a folder, and that you may read it."
    },
    FailureKind{
        "hardware-required",
        ExitStatus::Failed,
        "A Keep that hardware protects was demanded, and there is none.",
        "`enarx platform info` shows what this host lacks for snp, tdx and sgx. Without "
        "--require-hardware the application runs unprotected."
    },
    FailureKind{
        "host-not-found",
        ExitStatus::Failed,
        "The name of the server does not resolve to an address.",
        "Check the spelling of `host`; `getent hosts NAME` shows what the host's /etc/hosts and "
        "DNS answer. An IP address works without DNS."
    },
    FailureKind{
        "import-mismatch",
        ExitStatus::CannotRun,
        "The application imports a WASI function with a type that it does not have.",
        "It was linked against another version of WASI: build it anew for wasm32-wasip1."
    },
    FailureKind{
        "import-unknown",
        ExitStatus::CannotRun,
        "The application imports something that nothing serves.",
        "Enarx serves WASI preview 1 (wasi_snapshot_preview1) and nothing else. `enarx inspect "
        "FILE` lists every import and whether it is served."
    },
    FailureKind{
        "internal",
        ExitStatus::Failed,
        "Enarx met a state that it did not expect.",
        "This is a defect of Enarx. Please report it with the command line and the output of "
        "`enarx platform info --json`."
    },
    FailureKind{
        "invoke-arguments",
        ExitStatus::Failed,
        "The arguments do not fit the function that --invoke names.",
        "Integers are decimal or 0x hexadecimal, floats decimal; one argument for each parameter. "
        "`enarx inspect FILE` shows its type."
    },
    FailureKind{
        "keep-broken",
        ExitStatus::Failed,
        "The Keep's machine stopped in a way that no application can cause.",
        "This is a defect of Enarx or of the host's KVM. Run again with --log-filter=debug and "
        "report "
        "what it says."
    },
    FailureKind{
        "keep-image",
        ExitStatus::CannotRun,
        "A part of Enarx, or the program for `enarx exec`, is not what a Keep can load.",
        "A program must be a static-pie (gcc -static-pie). If a part of Enarx is named: reinstall."
    },
    FailureKind{
        "keep-plan",
        ExitStatus::Failed,
        "The Keep would be larger than a Keep can be.",
        "Give it fewer directories, arguments or variables, or less memory."
    },
    FailureKind{
        "key-unusable",
        ExitStatus::Failed,
        "The file holds no key, or no signature of a key, of the kind that is needed.",
        "SGX signs with RSA of 3072 bits and exponent 3, SEV-SNP with P-384: `enarx key sgx "
        "create` and "
        "`enarx key sev create` make such keys. A file holds one key in PEM and nothing else."
    },
    FailureKind{
        "kvm-unusable",
        ExitStatus::Failed,
        "The host's KVM refuses what a Keep needs.",
        "`enarx platform info` shows what is missing. Without KVM, --backend=nil runs the "
        "application "
        "in an ordinary process."
    },
    FailureKind{
        "launch-block-invalid",
        ExitStatus::Failed,
        "exec was not started the way that enarx starts it.",
        "exec is a part of enarx and no command of its own: use `enarx run`. If enarx reported "
        "this, both are of different versions: reinstall."
    },
    FailureKind{
        "launch-failed",
        ExitStatus::Failed,
        "The Keep could not be started.",
        "The system refused what a start needs, such as a process, a descriptor or memory: check "
        "the limits (`ulimit -a`) and what is left of them."
    },
    FailureKind{
        "launch-too-large",
        ExitStatus::Failed,
        "Arguments, environment and configuration together are larger than a Keep takes.",
        "Together they may have 64 MiB. Hand larger data over as a file in a directory (--dir)."
    },
    FailureKind{
        "measure-input-invalid",
        ExitStatus::Failed,
        "What is to be measured is not well-formed.",
        "The message names the place. docs/measure.md describes lists of pages; an SGXS stream "
        "begins "
        "with ECREATE."
    },
    FailureKind{
        "measurement-differs",
        ExitStatus::Failed,
        "The pages give another digest than the list expects.",
        "A page was changed, left out, or stands in another order than when the expected digest "
        "was "
        "taken."
    },
    FailureKind{
        "memory-limit",
        ExitStatus::OutOfMemory,
        "The application wants more memory than it may have.",
        "Raise --max-memory, or `memory` of [limits] in Enarx.toml."
    },
    FailureKind{
        "module-invalid",
        ExitStatus::CannotRun,
        "The file is no valid WebAssembly module.",
        "Check that the file is complete and was built for wasm32-wasip1. `enarx inspect FILE` "
        "shows what it is."
    },
    FailureKind{
        "module-not-found",
        ExitStatus::NotFound,
        "There is no file of that name.",
        "Check the path. A folder works too if it holds main.wasm."
    },
    FailureKind{
        "out-of-memory",
        ExitStatus::OutOfMemory,
        "The system has not enough memory.",
        "Free memory on the host, or give the application less with --max-memory."
    },
    FailureKind{
        "output-failed",
        ExitStatus::Failed,
        "What was to be shown could not be written.",
        "Check that standard output is open and that its disk is not full."
    },
    FailureKind{
        "part-missing",
        ExitStatus::Failed,
        "A part of this installation of Enarx is missing.",
        "enarx looks for its parts in libexec/enarx/ beside itself and in ../libexec/enarx/. Do "
        "not move the program alone: install it with `cmake --install`."
    },
    FailureKind{
        "platform-unknown",
        ExitStatus::Failed,
        "Nothing says which processor is meant.",
        "Give a report of SEV-SNP that a guest on the processor got: it holds its identity and the "
        "versions of its firmware."
    },
    FailureKind{
        "policy-invalid",
        ExitStatus::Failed,
        "The policy file of `enarx verify` has a mistake at the named line and column.",
        "docs/policy.md lists what a policy may say, docs/policy.schema.json is its schema, "
        "docs/attestation.md lists all rules."
    },
    FailureKind{
        "program-changed",
        ExitStatus::Failed,
        "A Keep that checks its program page by page was given another one than its shim was made "
        "for.",
        "exec, exec.tree and the shim's image belong together: reinstall all of them. If they are "
        "as they were installed, somebody changed a page on its way into the Keep."
    },
    FailureKind{
        "program-not-found",
        ExitStatus::NotFound,
        "There is no program of that name.",
        "`enarx exec` takes the path of a file; it does not look through PATH."
    },
    FailureKind{
        "ring0-emulated",
        ExitStatus::Failed,
        "The shim that was asked for runs in ring 0, which this host's KVM emulates in part only.",
        "Leave --shim out: the shim that suits the host is then taken. --shim=deprivileged forces "
        "the one that stays in ring 3, beside the program; docs/keep.md says what it cannot hold."
    },
    FailureKind{
        "start-missing",
        ExitStatus::CannotRun,
        "The application has no function to start with.",
        "A command exports `_start`, a reactor `_initialize`. Build it as a program, or call one "
        "of its functions with --invoke NAME."
    },
    FailureKind{
        "threads-unsupported",
        ExitStatus::CannotRun,
        "The application starts threads; that is not supported yet.",
        "Build it without threads: the target wasm32-wasip1 instead of wasm32-wasip1-threads."
    },
    FailureKind{
        "timed-out",
        ExitStatus::TimedOut,
        "The application did not end within its time.",
        "Raise --timeout, or find out what it waits for."
    },
    FailureKind{
        "tls-authorities-missing",
        ExitStatus::Failed,
        "A TLS entry has no certificate authority to trust.",
        "Nothing that the host names is trusted in a Keep, so no list of authorities is built in. "
        "Set `authorities` of the entry to the PEM text of the one that issued the peer's "
        "certificate."
        "tls-authorities-missing"
    },
    FailureKind{
        "tls-certificate-expired",
        ExitStatus::Failed,
        "The server's certificate is not valid at this time.",
        "Have the server's certificate renewed. If it is valid, check the clock of this host."
    },
    FailureKind{
        "tls-certificate-invalid",
        ExitStatus::Failed,
        "The TLS settings of an entry of Enarx.toml cannot be used.",
        "`certificate` and `authorities` are PEM texts (-----BEGIN CERTIFICATE-----), the own "
        "certificate first; `private_key` is an unencrypted PEM key that belongs to it. A name of "
        "`alpn` has 1 to 255 bytes."
    },
    FailureKind{
        "tls-certificate-untrusted",
        ExitStatus::Failed,
        "The server's certificate was not issued by an authority of the entry.",
        "Add the PEM text of the authority that issued it to `authorities` of the `connect` entry, "
        "if you trust it."
    },
    FailureKind{
        "tls-handshake-failed",
        ExitStatus::Failed,
        "The server and the Keep could not agree on a TLS connection.",
        "The server must speak TLS 1.3 at this port. It may also demand a client certificate that "
        "it trusts, or another ALPN protocol."
    },
    FailureKind{
        "tls-name-mismatch",
        ExitStatus::Failed,
        "The server's certificate is for another name.",
        "Set `host`, or `server_name`, of the `connect` entry to a name that the certificate bears."
    },
    FailureKind{
        "trap",
        ExitStatus::Trap,
        "The application did something that WebAssembly does not allow, and was stopped.",
        "This is an error in the application, at the place that the backtrace shows. Build it with "
        "debug information (-g) to see source lines."
    },
    FailureKind{
        "usage",
        ExitStatus::Failed,
        "The command line is wrong.",
        "`enarx COMMAND --help` shows what the command takes. Options of `enarx run` stand before "
        "the application; what follows it is for the application."
    },
};

constexpr FailureKind const* find_failure(std::string_view name) {
    for (auto const& kind : failure_kinds)
        if (kind.name == name) return &kind;
    return nullptr;
}

} // namespace protocol
