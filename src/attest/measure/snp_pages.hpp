#pragma once

// A list of the pages of an SEV-SNP guest in JSON, case by case.

#include "attest/measure/page_json.hpp"
#include "attest/measure/snp_launch.hpp"

namespace attest::measure {

struct SnpCase {
    std::string name;
    crypto::Sha384Digest start = {}; // "seed_launch_digest"
    std::vector<SnpPage> pages;
    std::optional<crypto::Sha384Digest> expected; // "expected_launch_digest"

    crypto::Sha384Digest digest() const;
};

// Each page: "page_type" (1 to 6), "gpa", and of measured ones "contents" (SHA-384) or the bytes
// themselves. Where both are given they have to agree.
base::Result<std::vector<SnpCase>, Unusable>
parse_snp_pages(base::View json, std::string const& source);

} // namespace attest::measure
