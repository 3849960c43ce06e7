#pragma once

// A log of a test: whatever it is given becomes a line of it, and it signs what it has.

#include "crypto/checkpoint.hpp"
#include "crypto/inclusion_proof.hpp"
#include "crypto/merkle.hpp"

#include <span>

namespace crypto::testing {

class TestLog {
public:
    explicit TestLog(std::string origin = "log.example") : origin_{std::move(origin)} {}

    // Its number.
    std::uint64_t add(base::View entry) {
        leaves_.push_back(merkle::leaf_hash(entry));
        return leaves_.size() - 1;
    }
    std::string checkpoint() const {
        return *signed_checkpoint({leaves_.size(), root(leaves_)}, origin_, key_);
    }
    InclusionProof proof(std::uint64_t index) const { return {index, path(leaves_, index)}; }
    std::string const& origin() const { return origin_; }
    Ed25519PublicKey const& key() const { return public_key_; }

private:
    using Leaves = std::span<Sha256Digest const>;

    static std::size_t half_of(Leaves leaves) {
        std::size_t half = 1;
        while (2 * half < leaves.size()) half *= 2;
        return half;
    }
    static Sha256Digest root(Leaves leaves) {
        if (leaves.empty()) return merkle::empty_root();
        if (leaves.size() == 1) return leaves[0];
        auto const half = half_of(leaves);
        return merkle::node_hash(root(leaves.first(half)), root(leaves.subspan(half)));
    }
    static std::vector<Sha256Digest> path(Leaves leaves, std::uint64_t index) {
        if (leaves.size() <= 1) return {};
        auto const half = half_of(leaves);
        bool const left = index < half;
        auto out =
            left ? path(leaves.first(half), index) : path(leaves.subspan(half), index - half);
        out.push_back(root(left ? leaves.subspan(half) : leaves.first(half)));
        return out;
    }

    std::string origin_;
    Ed25519SigningKey key_ = *Ed25519SigningKey::generate();
    Ed25519PublicKey public_key_ = key_.public_key();
    std::vector<Sha256Digest> leaves_;
};

} // namespace crypto::testing
