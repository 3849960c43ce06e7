#pragma once

// enarx deployment create, publish, status, withdraw: what a tenant tells an attestation service.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_deployment_create();
std::unique_ptr<Use> use_deployment_publish();
std::unique_ptr<Use> use_deployment_status();
std::unique_ptr<Use> use_deployment_withdraw();

inline constexpr Command deployment_create_command{
    .name = "deployment create",
    .summary = "Sign a deployment for an attestation service",
    .details = "Takes what `enarx package --key` wrote beside the package, and signs it anew with "
               "the service among those that may hand it to Keeps. Nothing is sent.",
    .use = use_deployment_create,
};
inline constexpr Command deployment_publish_command{
    .name = "deployment publish",
    .summary = "Give a deployment, its key and its secrets to an attestation service",
    .details = "Key and secrets are sealed for the service whose key the deployment lists: whoever "
               "ends TLS in between cannot read them. A value is set once for each serial.",
    .use = use_deployment_publish,
};
inline constexpr Command deployment_status_command{
    .name = "deployment status",
    .summary = "Show which Keeps of a deployment live, and what was decided last",
    .details = "The tenant's key is shown to the service in TLS, and nobody else is answered.",
    .use = use_deployment_status,
};
inline constexpr Command deployment_withdraw_command{
    .name = "deployment withdraw",
    .summary = "End a deployment: nothing of that name is handed out again",
    .details = "Keeps that live go on until their certificates end.",
    .use = use_deployment_withdraw,
};

} // namespace host::cli
