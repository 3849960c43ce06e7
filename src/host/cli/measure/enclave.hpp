#pragma once

// The part of `enarx measure sgx` that makes and signs the SIGSTRUCT of an enclave.

#include "crypto/digest.hpp"
#include "host/cli/measure/values.hpp"
#include "host/cli/syntax/syntax.hpp"

namespace host::cli {

struct EnclaveOptions {
    Given mr_enclave;
    Given body;
    Given key;
    Given sigstruct;
    Given vendor;
    Given date;
    Given sw_defined;
    Given attributes;
    Given attribute_mask;
    Given misc_select;
    Given misc_mask;
    Given isv_prod_id;
    Given isv_svn;
    Given isv_family_id;
    Given isv_ext_prod_id;
};

std::vector<Option> enclave_options(EnclaveOptions& options);

// Which options need which others.
os::OrFailure<void> check_enclave(EnclaveOptions const& options);

// With the measurement of a stream, or the one among the options.
os::OrFailure<void> write_sigstruct(
    EnclaveOptions const& options, std::optional<crypto::Sha256Digest> const& mr_enclave
);

} // namespace host::cli
