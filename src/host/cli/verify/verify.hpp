#pragma once

// enarx verify: is this evidence genuine, and what does it prove?

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_verify();

inline constexpr Command verify_command{
    .name = "verify",
    .summary = "Verify evidence of a Keep offline, and say what it proves",
    .details = "Evidence and endorsements are recognised by what is in them: reports of SEV-SNP, "
               "quotes of SGX and TDX, documents of AWS "
               "Nitro, tokens of Arm CCA, certification requests of Enarx; certificates and chains "
               "(DER, PEM), revocation lists, collateral in JSON.\n\n"
               "The policy `authentic` asks whether the vendor's chain signed exactly these bytes, "
               "valid at that time, and prints what was not "
               "checked. `strict`, the default, also wants revocation lists that are fresh and "
               "clean, firmware at or above the floor, no debugging, "
               "no migration, and your report data and measurement.\n\n"
               "Of several, a refusal counts before an undecided one.",
    .use = use_verify,
    .judges = true,
};

} // namespace host::cli
