#include "package/configuration.hpp"

namespace package {

// NOLINTNEXTLINE(readability-function-size): it is one text
std::string_view configuration_template() {
    return R"toml(# What this application may use in its Keep. Everything here is optional: as it stands, the file changes nothing.
# All keys: docs/configuration.md

# Arguments of the application; those of the command line replace them.
# args = ["--argument1", "--argument2=foo"]

# Where to have the Keep attested and its certificate issued. Without it: a self-signed certificate.
# steward = "https://attest.example.com"

# Environment variables. Nothing of the host's environment comes along by itself.
# [env]
# VAR1 = "var1"
# VAR2 = "var2"

# Upper bounds.
# [limits]
# memory = "512M"      # linear memories and files in memory, all together
# open_files = 1024
# sockets = 256

# Descriptors that are open at the start. Without an entry for a standard stream, descriptors 0, 1 and 2 are the standard
# streams; with one, the descriptor of each entry is its place in this list.
# [[files]]
# kind = "stdin"
#
# [[files]]
# kind = "stdout"
#
# [[files]]
# kind = "stderr"

# A directory: in the Keep's memory, from the application's package, or of the host (which is not trusted).
# [[files]]
# kind = "dir"
# path = "/data"
# source = "memory"    # or "package", or "host" with host_path = "..."
# mode = "rw"          # or "ro"

# Evidence of what the application runs in, to be shown to others: /dev/attestation/evidence and others.
# [[files]]
# kind = "dir"
# path = "/dev/attestation"
# source = "attestation"

# A listening socket. TLS ends inside the Keep.
# [[files]]
# kind = "listen"
# name = "web"
# prot = "tls"         # the default; or "tcp"
# addr = "::"          # the default
# port = 8443

# A connection to a server.
# [[files]]
# kind = "connect"
# name = "database"
# prot = "tls"
# host = "db.example.com"
# port = 5432
)toml";
}

} // namespace package
