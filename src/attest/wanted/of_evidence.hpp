#pragma once

// What one report, or one quote, needs. Nothing of it is verified: that comes when the endorsements
// are there.

#include "attest/wanted/wanted.hpp"

namespace attest::wanted {

using Wishes = base::Result<std::vector<Wanted>, Unusable>;

Wishes of_report(base::View report, std::optional<hw::snp::Product> product);
Wishes of_quote(base::View quote);

} // namespace attest::wanted
