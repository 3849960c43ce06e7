#pragma once

// enarx platform snp fetch: what AMD says of this processor, for the evidence of its Keeps.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_platform_snp_fetch();

inline constexpr Command platform_snp_fetch_command{
    .name = "platform snp fetch",
    .summary = "Fetch what AMD says of this processor, for the evidence of its Keeps",
    .details =
        "Asks AMD's key distribution service for the certificate of this processor's signing "
        "key at its firmware of now (VCEK), those above it and the list of what is revoked, "
        "and keeps them in the cache. SEV-SNP Keeps that this user starts afterwards give "
        "them along with their evidence, so that whoever verifies it need not ask. To be "
        "repeated when the firmware was updated, and from time to time for the list.",
    .use = use_platform_snp_fetch,
};

} // namespace host::cli
