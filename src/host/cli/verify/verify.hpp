#pragma once

// enarx verify: is this evidence genuine, and what does it prove?

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_verify();

inline constexpr Command verify_command{
    .name = "verify",
    .summary = "Verify evidence of a Keep, or ask one that runs, and say what it proves",
    .details = "Evidence and endorsements are recognised by what is in them: reports of SEV-SNP, "
               "quotes of SGX and TDX, documents of AWS "
               "Nitro, tokens of Arm CCA, certification requests of Enarx; certificates and chains "
               "(DER, PEM), revocation lists, collateral in JSON.\n\n"
               "The policy `authentic` asks whether the vendor's chain signed exactly these bytes, "
               "valid at that time, and prints what was not "
               "checked. `strict`, the default, also wants revocation lists that are fresh and "
               "clean, firmware at or above the floor, no debugging, "
               "no migration, and your report data and measurement.\n\n"
               "https://HOST[:PORT] is the TLS port of an application that a tenant deployed "
               "(enarx deploy): its Keep is asked on that connection what it runs, and what you "
               "name (--workload, --configuration, --tenant, --package, --deployment, --serial) "
               "is compared. The server may show any certificate, as the evidence says whose key "
               "that is; with --root FILE it has to lead to that authority as well.\n\n"
               "Of several, a refusal counts before an undecided one.",
    .use = use_verify,
    .judges = true,
};

} // namespace host::cli
