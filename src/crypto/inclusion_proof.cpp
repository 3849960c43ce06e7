#include "crypto/inclusion_proof.hpp"

#include <algorithm>

namespace crypto {

namespace {

constexpr std::size_t number_size = 8;
constexpr std::size_t hash_size = sizeof(Sha256Digest);
constexpr std::size_t most_hashes = 64;

} // namespace

std::vector<std::byte> encode(InclusionProof const& proof) {
    std::vector<std::byte> out;
    for (unsigned shift = 64; shift > 0; shift -= 8)
        out.push_back(std::byte(proof.leaf >> (shift - 8)));
    for (auto const& hash : proof.hashes) out.insert(out.end(), hash.begin(), hash.end());
    return out;
}

std::optional<InclusionProof> parse_inclusion_proof(base::View bytes) {
    bool const whole = bytes.size() >= number_size && bytes.size() % hash_size == number_size &&
                       bytes.size() <= number_size + most_hashes * hash_size;
    if (!whole) return {};
    InclusionProof out;
    for (auto const byte : bytes.first(number_size))
        out.leaf = out.leaf << 8 | std::to_integer<std::uint64_t>(byte);
    for (auto rest = bytes.subspan(number_size); !rest.empty(); rest = rest.subspan(hash_size))
        std::ranges::copy(rest.first(hash_size), out.hashes.emplace_back().begin());
    return out;
}

} // namespace crypto
