#include "host/cli/verify/wishes.hpp"

namespace host::cli {

std::vector<Option> basis_options(JudgeWishes& wishes) {
    return {
        {.name = "--endorsements",
         .value = "FILE|FOLDER",
         .help = "What the vendor says of the platform: certificates, revocation lists, "
                 "collateral, a bundle. May be repeated.",
         .target = &wishes.endorsements,
         .completion = Completion::File},
        {.name = "--policy",
         .value = "NAME|FILE",
         .help = "strict (default), authentic, or a policy file in TOML (docs/policy.md).",
         .target = &wishes.policy,
         .completion = Completion::File},
        {.name = "--at",
         .value = "TIME",
         .help = "The time to judge by, such as 2026-11-21T10:00:00Z. Default: now.",
         .target = &wishes.at},
        {.name = "--root",
         .value = "[FOR:]FILE",
         .help = "Trust this root, or this platform key (JWK), in the place of all vendor "
                 "roots. FOR says for which evidence: amd, amd-milan, amd-genoa, amd-turin, "
                 "intel, aws, arm; without it, for the kind at hand. May be repeated.",
         .target = &wishes.roots,
         .completion = Completion::File},
    };
}

Option kind_option(JudgeWishes& wishes) {
    return {
        .name = "--kind",
        .value = "KIND[,KIND]...",
        .help = "The kinds of evidence that you accept: snp, sgx, tdx, nitro, cca, csr, none. "
                "Default: all, each of which carries report data.",
        .target = &wishes.kinds
    };
}

Option measurement_option(JudgeWishes& wishes) {
    return {
        .name = "--measurement",
        .value = "HEX",
        .help = "A launch measurement that you trust. May be repeated.",
        .target = &wishes.measurements
    };
}

Option no_hardware_option(JudgeWishes& wishes) {
    return {
        .name = "--allow-no-hardware",
        .help = "Judge evidence of a Keep without hardware as well. It proves nothing "
                "against its host.",
        .target = &wishes.allow_no_hardware
    };
}

} // namespace host::cli
