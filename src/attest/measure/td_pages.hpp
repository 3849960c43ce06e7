#pragma once

// A list of the pages of a trust domain in JSON, case by case.

#include "attest/measure/page_json.hpp"
#include "attest/measure/td_build.hpp"

namespace attest::measure {

struct TdCase {
    std::string name;
    crypto::Sha384Digest digest;                  // MRTD
    std::optional<crypto::Sha384Digest> expected; // "expected_mrtd"
};

// Each page: "gpa", and its bytes if they are measured. "operation" says whether the step is "add",
// "extend" or, where it is left out, both: hypervisors differ in their order.
base::Result<std::vector<TdCase>, Unusable>
parse_td_pages(base::View json, std::string const& source);

} // namespace attest::measure
