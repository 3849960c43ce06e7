#pragma once

// Claims as JSON, under the names that the manuals give to the fields, in lower case. Bytes are in
// hexadecimal in the order of the evidence; bit fields are numbers in hexadecimal.

#include "attest/appraisal.hpp"

#include <nlohmann/json.hpp>

namespace attest::result {

using Json = nlohmann::ordered_json;

// Null where the appraisal has no claims.
Json claims_json(Appraisal const& appraisal);

Json json_of(snp::Claims const& claims);
Json json_of(dcap::Claims const& claims);
Json json_of(dcap::Pck const& pck);
// Of any kind, proven or not: that is the caller's to say.
Json json_of(Claims::Value const& claims);

} // namespace attest::result
