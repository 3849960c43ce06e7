#pragma once

// Finds evidence among other bytes, by what only evidence has there.

#include "base/view.hpp"

#include <optional>
#include <vector>

namespace attest::wrapped {

struct Found {
    base::View evidence; // of one piece, as long as its own lengths say
    std::size_t offset = 0;
};

// All reports of SEV-SNP, quotes of SGX and TDX and documents of Nitro in `bytes`, none within
// another; at most a few, which is already too many.
std::vector<Found> scan(base::View bytes);

} // namespace attest::wrapped
