#pragma once

// What comes out for each case of a list of pages.

#include "attest/endorsements.hpp"
#include "crypto/digest.hpp"
#include "os/failure.hpp"

#include <optional>
#include <string>
#include <vector>

namespace host::cli {

struct MeasuredCase {
    std::string name;
    crypto::Sha384Digest digest{};
    std::optional<crypto::Sha384Digest> expected = {};
};

// The bytes of a list, which may be long.
os::OrFailure<std::vector<std::byte>> read_page_list(std::string const& path);

// A mistake in it, as a failure.
os::Failure list_failure(attest::Unusable const& why);

// A line each, or JSON; then a failure if any case differs from what the list expects.
os::OrFailure<void> write_cases(std::vector<MeasuredCase> const& cases, bool json);

} // namespace host::cli
