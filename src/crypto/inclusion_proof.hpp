#pragma once

// A proof that a leaf is in a tree, as bytes: the leaf's number (u64, big-endian), then the hashes
// of its siblings from the leaf up. Whether it holds, merkle.hpp tells.

#include "crypto/digest.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace crypto {

struct InclusionProof {
    std::uint64_t leaf = 0;
    std::vector<Sha256Digest> hashes;

    bool operator==(InclusionProof const&) const = default;
};

std::vector<std::byte> encode(InclusionProof const& proof);
// Nothing: it is none, or has more hashes than the largest tree has levels.
std::optional<InclusionProof> parse_inclusion_proof(base::View bytes);

} // namespace crypto
