#pragma once

// What endorsements say of themselves, one object each: for `enarx collateral show` and for bundles
// in `enarx inspect`.

#include "attest/endorsements.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace host::cli {

using CollateralJson = nlohmann::ordered_json;

// An array. Nothing in it was verified.
CollateralJson endorsements_json(attest::Endorsements const& endorsements);

// The same in lines.
std::string endorsements_text(CollateralJson const& endorsements);

} // namespace host::cli
