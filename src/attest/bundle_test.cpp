#include "attest/bundle.hpp"
#include "attest/endorsements.hpp"
#include "attest/testing/vectors.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using attest::testing::Vectors;

Bundled part(BundledKind kind, std::string_view content) {
    return {.kind = kind, .content = base::view_of(content), .offset = 0};
}

// All endorsements of the set that verify.
Endorsements all() {
    Endorsements out;
    for (auto const* kind :
         {"amd-root-chain",
          "amd-crl",
          "amd-vcek-cert",
          "amd-vlek-cert",
          "intel-crl",
          "intel-root",
          "intel-intermediate",
          "intel-tcb-signing-cert",
          "intel-tcbinfo",
          "intel-qe-identity"})
        for (auto const& vector : Vectors::instance().of_kind(kind))
            if (vector.positive == true) attest::testing::add(out, vector.path);
    return out;
}

TEST(Bundle, IsTheSameFileWhateverTheOrderAndHoweverOftenAPartIsGiven) {
    auto const a = part(BundledKind::Certificate, "a");
    auto const b = part(BundledKind::Certificate, "b");
    auto const c = part(BundledKind::Document, "a");
    auto const once = write_bundle({a, b, c});
    EXPECT_EQ(write_bundle({c, b, a, b, c}), once);
    auto const parts = parse_bundle(once);
    ASSERT_TRUE(parts);
    ASSERT_EQ(parts->size(), 3U);
    EXPECT_EQ(base::text_of(base::View{once}.subspan((*parts)[1].offset, 1)), "b");
    EXPECT_TRUE(looks_like_bundle(once));
}

TEST(Bundle, OfAllEndorsementsGivesThemAllBack) {
    auto const packed = all().bundle();
    ASSERT_TRUE(packed);
    Endorsements again;
    auto const added = again.add(*packed, "bundle");
    ASSERT_TRUE(added) << added.error().expected << ", found " << added.error().found;
    auto const given = all();
    EXPECT_EQ(again.certificates().size(), given.certificates().size());
    EXPECT_EQ(again.revocation_lists().size(), given.revocation_lists().size());
    EXPECT_EQ(again.collateral().size(), given.collateral().size());
    EXPECT_EQ(*again.bundle(), *packed);
}

TEST(Bundle, InAnyOtherEncodingIsRefused) {
    auto const good =
        write_bundle({part(BundledKind::Certificate, "a"), part(BundledKind::RevocationList, "b")});
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(parse_bundle(base::View{good}.first(size))) << size;
    auto longer = good;
    longer.push_back(std::byte{0});
    EXPECT_FALSE(parse_bundle(longer));
    auto unordered = good;
    std::swap(unordered[unordered.size() - 7], unordered[unordered.size() - 3]);
    EXPECT_FALSE(parse_bundle(unordered));
}

TEST(Bundle, OfALaterVersionIsRefusedByItsNumber) {
    auto bundle = write_bundle({});
    bundle[bundle.size() - 2] = std::byte{2};
    EXPECT_TRUE(looks_like_bundle(bundle));
    auto const parsed = parse_bundle(bundle);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().what, "version 1 of bundles");
    EXPECT_EQ(parsed.error().offset, bundle.size() - 2);
}

TEST(Bundle, WithAPartThatIsNotWhatItSaysIsRefusedWithThePlaceInTheBundle) {
    auto const bundle = write_bundle({part(BundledKind::Certificate, "no certificate")});
    Endorsements endorsements;
    auto const added = endorsements.add(bundle, "file");
    ASSERT_FALSE(added);
    EXPECT_TRUE(added.error().source.starts_with("file"));
    EXPECT_EQ(added.error().offset, bundle.size() - 14);
}

} // namespace
