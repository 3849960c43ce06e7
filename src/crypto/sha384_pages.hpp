#pragma once

// SHA-384 of each page of a program, eight pages at once where the processor has vectors for it.
// A measurement is a digest of thousands of pages, and it stands in the way of every start that
// attests. Nothing secret goes through here.

#include "crypto/digest.hpp"

#include <vector>

namespace crypto {

inline constexpr std::size_t measured_page = 4096;

// The last page is padded with zeros.
std::vector<Sha384Digest> sha384_of_pages(base::View bytes);

} // namespace crypto
