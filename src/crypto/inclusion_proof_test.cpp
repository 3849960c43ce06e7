// A proof as bytes is read as it was written; what has another size is none.

#include "base/hex.hpp"
#include "crypto/inclusion_proof.hpp"

#include <gtest/gtest.h>

namespace crypto {
namespace {

InclusionProof of_hashes(std::size_t count) {
    InclusionProof out{.leaf = 0x0102030405060708, .hashes = {}};
    for (std::size_t i = 0; i < count; ++i)
        out.hashes.push_back(sha256(base::view_of(std::to_string(i))));
    return out;
}

TEST(InclusionProof, is_the_number_and_the_hashes) {
    for (std::size_t const count : {0U, 1U, 2U, 64U}) {
        auto const proof = of_hashes(count);
        auto const bytes = encode(proof);
        EXPECT_EQ(bytes.size(), 8 + count * 32);
        EXPECT_EQ(parse_inclusion_proof(bytes), proof) << count;
    }
    EXPECT_EQ(base::hex(encode(of_hashes(0))), "0102030405060708");
}

TEST(InclusionProof, of_another_size_is_none) {
    auto const bytes = encode(of_hashes(2));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_EQ(
            parse_inclusion_proof(base::View{bytes}.first(size)).has_value(),
            size == 8 || size == 40
        ) << size;
    EXPECT_FALSE(parse_inclusion_proof(encode(of_hashes(65))));
}

} // namespace
} // namespace crypto
