#pragma once

// How bytes that do not have their form look in findings: the field, and what stands there.

#include "attest/finding.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"

namespace attest {

// "zeros: reserved" wants zeros in the field `reserved`; without a colon the text names the field.
std::string_view field_named(std::string_view expected);

// The next bytes there in hexadecimal, or that the bytes end.
std::string found_at(base::View bytes, std::size_t offset);

// `bytes`: those in which the offset of `why` counts. `start`: where they begin in the part.
Detail
malformed(crypto::Malformed const& why, base::View bytes, std::string part, std::size_t start = 0);

// Where `field` lies in the bytes that it points into.
std::size_t offset_in(base::View bytes, base::View field);

} // namespace attest
