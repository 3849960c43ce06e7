#pragma once

// enarx platform snp vcek: the certificate of this processor's signing key.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_platform_snp_vcek();

inline constexpr Command platform_snp_vcek_command{
    .name = "platform snp vcek",
    .summary = "Print the certificate of a processor's signing key (VCEK)",
    .details = "Gets the VCEK from AMD's key distribution service, or from the cache, and prints "
               "it as PEM. Which processor and firmware is read from a report of SEV-SNP, or asked "
               "of this host's.",
    .use = use_platform_snp_vcek,
};

} // namespace host::cli
