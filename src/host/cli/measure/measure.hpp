#pragma once

// enarx measure: what the processor will say of a Keep, from explicit inputs, and the owner's
// signature over it.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_measure_snp();
std::unique_ptr<Use> use_measure_sgx();
std::unique_ptr<Use> use_measure_tdx();
std::unique_ptr<Use> use_measure_kvm();

inline constexpr Command measure_snp_command{
    .name = "measure snp",
    .summary = "Compute launch digests of SEV-SNP guests; sign ID blocks",
    .details =
        "Of a Keep of this installation with so many vCPUs, the same for every application; or "
        "from a list of pages in JSON (docs/measure.md): one case a line, its name and its digest, "
        "which is what MEASUREMENT of a report will hold. Where the list says which digest it "
        "expects, another one is an error.\n"
        "With --id-block the ID block of one case is written, with --id-auth its ID authentication "
        "information, signed by the ID key; the author's word on that key comes from --author-key "
        "or --id-key-signature, or is left out. Files that are there already stay as they are.",
    .use = use_measure_snp,
};
inline constexpr Command measure_sgx_command{
    .name = "measure sgx",
    .summary = "Compute the MRENCLAVE of an enclave; sign its SIGSTRUCT",
    .details =
        "From an SGXS stream: what ECREATE, EADD and EEXTEND measure while the enclave is built.\n"
        "With --sigstruct the SIGSTRUCT is written, signed by --key; it holds the measurement and "
        "what the other options say, or with --body the 128 bytes from offset 900 on as they are. "
        "A file that is there already stays as it is.",
    .use = use_measure_sgx,
};
inline constexpr Command measure_tdx_command{
    .name = "measure tdx",
    .summary = "Compute the MRTD of trust domains",
    .details = "From a list of pages in JSON (docs/measure.md): one case a line, its name and its "
               "digest, which is what MRTD of a report will hold. Where the list says which digest "
               "it expects, another one is an error.",
    .use = use_measure_tdx,
};

inline constexpr Command measure_kvm_command{
    .name = "measure kvm",
    .summary = "Compute the measurement that evidence of a KVM Keep will hold",
    .details =
        "Of this installation: the shim and exec as the Keep gets them, the same for every "
        "application. Evidence of such a Keep is of the kind none, which no hardware signs. It is "
        "SEV-SNP's launch digest of the same pages (docs/measure.md). The digests of an "
        "application shows enarx run --digests.",
    .use = use_measure_kvm,
};

} // namespace host::cli
