#pragma once

// What has to hold of a connection before its evidence says anything of who is at its other end. No
// policy turns these off.

#include "attest/rule.hpp"

#include <array>

namespace attest::provision::rules {

inline constexpr Rule tls_1_3{
    "channel.tls-1-3", "The connection is one of TLS 1.3.", "RFC 8446; RFC 9261, 7", Level::Always
};
inline constexpr Rule no_resumption{
    "channel.no-resumption",
    "The connection was not resumed from another one.",
    "docs/protocol/provision.md, Channel",
    Level::Always
};
inline constexpr Rule authenticator_form{
    "authenticator.form",
    "The authenticator is a certificate with evidence, a signature and a Finished message, and "
    "nothing else.",
    "RFC 9261, 5.2; draft-fossati-seat-expat-03",
    Level::Always
};
inline constexpr Rule authenticator_context{
    "authenticator.context",
    "The authenticator answers the request that was just sent.",
    "RFC 9261, 4 and 7.4",
    Level::Always
};
inline constexpr Rule authenticator_certificate{
    "authenticator.certificate",
    "The authenticator's key is the one that the peer showed in the handshake.",
    "docs/protocol/provision.md, Channel",
    Level::Always
};
inline constexpr Rule authenticator_verify{
    "authenticator.verify",
    "The signature is one of that key over this connection, request and evidence.",
    "RFC 9261, 5.2.2",
    Level::Always
};
inline constexpr Rule authenticator_finished{
    "authenticator.finished",
    "The authenticator was made on this connection and is unchanged.",
    "RFC 9261, 5.2.3",
    Level::Always
};
inline constexpr Rule binding_form{
    "binding.form",
    "The binding holds its fields, each once, in the one encoding.",
    "docs/protocol/provision.md, Binding",
    Level::Always
};
inline constexpr Rule binding_purpose{
    "binding.purpose",
    "The Keep is in the state that is asked for: still empty, or with its workload.",
    "docs/protocol/provision.md, States",
    Level::Always
};
inline constexpr Rule binding_suite{
    "binding.suite",
    "The Keep's recipient key is of the suite that was asked for.",
    "docs/protocol/provision.md, Binding",
    Level::Always
};
inline constexpr Rule binding_role{
    "binding.role",
    "The Keep is the other end of the connection, not the same.",
    "docs/protocol/provision.md, Binding",
    Level::Always
};
inline constexpr Rule binding_key{
    "binding.key",
    "The key that the evidence binds is the one of the authenticator.",
    "docs/protocol/provision.md, Binding",
    Level::Always
};
inline constexpr Rule binding_channel{
    "binding.channel",
    "The evidence was made for exactly this connection: its exporter gives the binder.",
    "draft-fossati-seat-expat-03; RFC 8446, 7.5",
    Level::Always
};
inline constexpr Rule binding_peer{
    "binding.peer",
    "The Keep saw the key of whoever judges the evidence.",
    "docs/protocol/provision.md, Binding",
    Level::Always
};

// ---- what a user compares with ----
// Whoever names none of the first three is told that they were not checked.

inline constexpr Rule ready_workload{
    "ready.workload",
    "The Keep runs the workload that was named.",
    "docs/protocol/provision.md, Users",
    Level::Strict
};
inline constexpr Rule ready_configuration{
    "ready.configuration",
    "It is configured as was named.",
    "docs/protocol/provision.md, Users",
    Level::Strict
};
inline constexpr Rule ready_tenant{
    "ready.tenant",
    "The tenant whose key signed the deployment is the one that was named.",
    "docs/protocol/provision.md, Users",
    Level::Strict
};
inline constexpr Rule ready_package{
    "ready.package",
    "It was loaded from the package that was named.",
    "docs/protocol/provision.md, Users",
    Level::Asked
};
inline constexpr Rule ready_deployment{
    "ready.deployment",
    "The deployment has the name that was given.",
    "docs/protocol/provision.md, Users",
    Level::Asked
};
inline constexpr Rule ready_serial{
    "ready.serial",
    "The deployment is the version that was given.",
    "docs/protocol/provision.md, Users",
    Level::Asked
};

// Of the connection.
inline constexpr std::array all{
    &tls_1_3,
    &no_resumption,
    &authenticator_form,
    &authenticator_context,
    &authenticator_certificate,
    &authenticator_verify,
    &authenticator_finished,
    &binding_form,
    &binding_purpose,
    &binding_suite,
    &binding_role,
    &binding_key,
    &binding_channel,
    &binding_peer,
};

} // namespace attest::provision::rules
