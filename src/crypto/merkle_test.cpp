// The tree of RFC 6962 by the values that its reference implementation tests with.

#include "crypto/merkle.hpp"
#include "crypto/testing.hpp"

#include <gtest/gtest.h>

namespace crypto::merkle {
namespace {

Sha256Digest digest(std::string_view hex) {
    Sha256Digest out{};
    std::ranges::copy(testing::unhex(hex), out.begin());
    return out;
}

constexpr std::array<std::string_view, 8> leaves{
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f"
};
constexpr std::array<std::string_view, 9> roots{
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

// RFC 6962, 2.1, word for word: slow, and nothing like what it is compared with.
Sha256Digest tree(std::span<std::string_view const> entries) {
    if (entries.empty()) return empty_root();
    if (entries.size() == 1) return leaf_hash(testing::unhex(entries[0]));
    std::size_t k = 1;
    while (2 * k < entries.size()) k *= 2;
    return node_hash(tree(entries.first(k)), tree(entries.subspan(k)));
}

std::vector<Sha256Digest> path(std::size_t m, std::span<std::string_view const> entries) {
    if (entries.size() <= 1) return {};
    std::size_t k = 1;
    while (2 * k < entries.size()) k *= 2;
    auto out = m < k ? path(m, entries.first(k)) : path(m - k, entries.subspan(k));
    out.push_back(m < k ? tree(entries.subspan(k)) : tree(entries.first(k)));
    return out;
}

std::vector<Sha256Digest>
subproof(std::size_t m, std::span<std::string_view const> entries, bool whole) {
    if (m == entries.size())
        return whole ? std::vector<Sha256Digest>{} : std::vector{tree(entries)};
    std::size_t k = 1;
    while (2 * k < entries.size()) k *= 2;
    auto out =
        m <= k ? subproof(m, entries.first(k), whole) : subproof(m - k, entries.subspan(k), false);
    out.push_back(m <= k ? tree(entries.subspan(k)) : tree(entries.first(k)));
    return out;
}

TEST(Merkle, gives_the_known_roots) {
    std::span<std::string_view const> const all{leaves};
    for (std::size_t n = 0; n <= all.size(); ++n) EXPECT_EQ(tree(all.first(n)), digest(roots[n]));
    std::vector<Sha256Digest> hashes;
    for (auto const leaf : all) hashes.push_back(leaf_hash(testing::unhex(leaf)));
    EXPECT_EQ(node_above(hashes), digest(roots[8]));
}

TEST(Merkle, believes_every_right_proof_and_no_wrong_one) {
    std::span<std::string_view const> const all{leaves};
    for (std::size_t n = 1; n <= all.size(); ++n)
        for (std::size_t m = 0; m < n; ++m) {
            auto const root = digest(roots[n]);
            auto const leaf = leaf_hash(testing::unhex(all[m]));
            auto proof = path(m, all.first(n));
            EXPECT_TRUE(included(n, root, m, leaf, proof)) << n << ' ' << m;
            EXPECT_FALSE(included(n, digest(roots[0]), m, leaf, proof));
            EXPECT_FALSE(included(n, root, m, digest(roots[0]), proof));
            for (std::size_t other = 0; other <= n + 1; ++other)
                if (other != m) EXPECT_FALSE(included(n, root, other, leaf, proof));
            for (auto& hash : proof) {
                hash[31] ^= std::byte{1};
                EXPECT_FALSE(included(n, root, m, leaf, proof));
                hash[31] ^= std::byte{1};
            }
            proof.push_back(root);
            EXPECT_FALSE(included(n, root, m, leaf, proof));
            proof.pop_back();
            if (proof.empty()) continue;
            proof.pop_back();
            EXPECT_FALSE(included(n, root, m, leaf, proof));
        }
}

TEST(Merkle, believes_that_a_tree_grew_only_where_it_did) {
    std::span<std::string_view const> const all{leaves};
    for (std::size_t n = 1; n <= all.size(); ++n)
        for (std::size_t m = 1; m <= n; ++m) {
            auto const older = digest(roots[m]);
            auto const root = digest(roots[n]);
            auto proof = m == n ? std::vector<Sha256Digest>{} : subproof(m, all.first(n), true);
            EXPECT_TRUE(consistent(m, older, n, root, proof)) << m << ' ' << n;
            EXPECT_FALSE(consistent(m, digest(roots[0]), n, root, proof));
            EXPECT_FALSE(consistent(m, older, n, digest(roots[0]), proof));
            EXPECT_FALSE(consistent(n + 1, older, n, root, proof));
            for (auto& hash : proof) {
                hash[0] ^= std::byte{1};
                EXPECT_FALSE(consistent(m, older, n, root, proof));
                hash[0] ^= std::byte{1};
            }
            proof.push_back(root);
            EXPECT_FALSE(consistent(m, older, n, root, proof));
            proof.pop_back();
            if (proof.empty()) continue;
            proof.pop_back();
            EXPECT_FALSE(consistent(m, older, n, root, proof));
        }
    EXPECT_TRUE(consistent(0, digest(roots[0]), 5, digest(roots[5]), {}));
    EXPECT_FALSE(consistent(0, digest(roots[1]), 5, digest(roots[5]), {}));
}

TEST(Merkle, ends_for_numbers_of_any_size) {
    std::vector<Sha256Digest> const long_proof(100, digest(roots[1]));
    auto const root = digest(roots[1]);
    EXPECT_FALSE(included(UINT64_MAX, root, UINT64_MAX - 1, root, long_proof));
    EXPECT_FALSE(included(0, root, 0, root, {}));
    EXPECT_FALSE(consistent(UINT64_MAX - 1, root, UINT64_MAX, root, long_proof));
    EXPECT_FALSE(consistent(std::uint64_t{1} << 63, root, UINT64_MAX, root, {}));
}

} // namespace
} // namespace crypto::merkle
