#pragma once

// `enarx verify --certificate`: certificates alone, which are no evidence of a Keep.

#include "attest/policy.hpp"
#include "host/cli/verify/answer.hpp"
#include "host/cli/verify/inputs.hpp"

namespace host::cli {

// One answer for each certificate in the file, DER or PEM.
std::vector<Answer> certificate_answers(
    std::string const& path,
    base::View bytes,
    Anchors const& anchors,
    attest::Policy const& policy,
    std::chrono::sys_seconds at
);

} // namespace host::cli
