#include "attest/roots.hpp"
#include "attest/text.hpp"
#include "crypto/name.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Roots, EachBuiltInRootHasItsPublishedFingerprintAndNameAndSignsItself) {
    for (auto const& root : attest::builtin_roots()) {
        SCOPED_TRACE(root.name);
        EXPECT_EQ(attest::hex(crypto::sha256(root.der)), root.sha256);
        auto const certificate = crypto::Certificate::parse(root.der);
        ASSERT_TRUE(certificate);
        EXPECT_EQ(crypto::common_name(certificate->subject()), root.name);
        auto const key = crypto::PublicKey::parse(certificate->public_key_info());
        ASSERT_TRUE(key);
        EXPECT_TRUE(certificate->self_issued() && certificate->signed_part().verified_by(*key));
    }
    EXPECT_EQ(attest::Roots::builtin().all().size(), attest::builtin_roots().size());
}

TEST(Roots, ReplacedRootsLeaveNoneOfTheBuiltInOnes) {
    auto const roots = attest::Roots::none();
    for (auto const& root : attest::builtin_roots()) {
        auto const certificate = crypto::Certificate::parse(root.der);
        ASSERT_TRUE(certificate);
        EXPECT_TRUE(attest::Roots::builtin().contains(*certificate, root.purpose));
        EXPECT_TRUE(roots.pinned_for(*certificate).empty());
    }
}

TEST(Roots, EachBuiltInRootIsPinnedForItsVendorAndProductAndForNothingElse) {
    auto const roots = attest::Roots::builtin();
    for (auto const& root : attest::builtin_roots()) {
        auto const certificate = crypto::Certificate::parse(root.der);
        ASSERT_TRUE(certificate);
        EXPECT_EQ(roots.pinned_for(*certificate), attest::Purposes{root.purpose}) << root.name;
    }
}

} // namespace
