#pragma once

// enarx collateral: what vendors say of platforms, gathered in one file so that evidence can be
// verified without a network.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_collateral_pack();
std::unique_ptr<Use> use_collateral_show();
std::unique_ptr<Use> use_collateral_fetch();

inline constexpr Command collateral_pack_command{
    .name = "collateral pack",
    .summary = "Put endorsements into one file",
    .details = "Certificates, revocation lists and collateral in any of their forms, or bundles, "
               "become one bundle, which `enarx verify --endorsements` takes. The same "
               "endorsements give the same file, whatever their order. One endorsement twice with "
               "different contents is refused, and both files are named.\n\n"
               "Nothing is verified here: that is done each time a bundle is used.",
    .use = use_collateral_pack,
};
inline constexpr Command collateral_show_command{
    .name = "collateral show",
    .summary = "Show what endorsements say",
    .details = "Of each certificate, revocation list and document: whose it is, when it is valid, "
               "and its SHA-256. Nothing is verified here.",
    .use = use_collateral_show,
};
inline constexpr Command collateral_fetch_command{
    .name = "collateral fetch",
    .summary = "Get from the vendors what verifying evidence needs",
    .details = "Reads from the evidence which endorsements it needs, and gets them: for reports of "
               "SEV-SNP from AMD's key distribution service (KDS), for quotes of SGX and TDX from "
               "Intel's provisioning certification service (PCS, version 4). They become a new "
               "file, a bundle, or none at all.\n\n"
               "What was fetched before is taken from the cache as long as it is valid. The KDS "
               "gives about one certificate in 10 seconds to one address: a request that it "
               "refuses is made again after the time that it names. Documents of AWS Nitro need "
               "nothing; the keys of Arm CCA platforms come from their makers.\n\n"
               "Nothing is trusted here: `enarx verify` verifies what came.",
    .use = use_collateral_fetch,
};

} // namespace host::cli
