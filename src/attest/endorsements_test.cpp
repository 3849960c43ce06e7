#include "attest/endorsements.hpp"
#include "attest/signature_memo.hpp"
#include "attest/testing/vectors.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using attest::testing::Vectors;

std::vector<std::byte> chain() {
    return Vectors::instance().read(Vectors::instance().of_kind("amd-root-chain").at(0).path);
}
std::vector<std::byte> list() {
    return Vectors::instance().read(Vectors::instance().of_kind("amd-crl").at(0).path);
}

TEST(Endorsements, AreRecognisedFromTheirBytesInPemAndInDerEndToEnd) {
    Endorsements pem;
    ASSERT_TRUE(pem.add(chain(), "chain.pem"));
    ASSERT_TRUE(pem.add(list(), "list"));
    ASSERT_EQ(pem.certificates().size(), 2U);
    EXPECT_EQ(pem.revocation_lists().size(), 1U);

    std::vector<std::byte> joined;
    for (auto const& [certificate, source] : pem.certificates())
        joined.insert(joined.end(), certificate.der().begin(), certificate.der().end());
    auto const crl = list();
    joined.insert(joined.end(), crl.begin(), crl.end());
    Endorsements der;
    ASSERT_TRUE(der.add(joined, "all"));
    EXPECT_EQ(der.certificates().size(), 2U);
    EXPECT_EQ(der.revocation_lists().size(), 1U);
    auto const& only = der.revocation_lists()[0].value;
    EXPECT_NE(der.list_of(only.issuer(), only.this_update()), nullptr);
}

TEST(Endorsements, OfSeveralListsOfOneIssuerTheYoungestThatWasIssuedByThenCounts) {
    Endorsements endorsements;
    for (auto const& vector : Vectors::instance().of_kind("intel-crl"))
        if (vector.all.at("fields").at("crl_for") == "root")
            attest::testing::add(endorsements, vector.path);
    auto const lists = endorsements.revocation_lists();
    ASSERT_GE(lists.size(), 3U);
    auto const issuer = lists[0].value.issuer();
    for (auto const& [list, source] : lists) {
        SCOPED_TRACE(source);
        auto const* then = endorsements.list_of(issuer, list.this_update());
        ASSERT_NE(then, nullptr);
        EXPECT_TRUE(base::equal(then->value.der(), list.der()));
    }
    // Before all of them: the first one to come, which is then not fresh.
    auto const* first = endorsements.list_of(issuer, std::chrono::sys_seconds{});
    ASSERT_NE(first, nullptr);
    for (auto const& [list, source] : lists)
        EXPECT_LE(first->value.this_update(), list.this_update()) << source;
}

// Certificates that differ in their first second alone stand for those of a stranger.
TEST(Endorsements, OfAStrangerAreLeftOutWhereTheyAreMoreThanEvidenceHasBesideIt) {
    auto const collection = [](std::size_t count) {
        Endorsements all;
        EXPECT_TRUE(all.add(chain(), "chain.pem"));
        auto const der = all.certificates()[0].value.der();
        auto const issuer = all.certificates()[0].value.issuer();
        // notBefore follows: two heads of two bytes, YYMMDDHHMM, seconds.
        auto const at = static_cast<std::size_t>(issuer.data() - der.data()) + issuer.size() + 14;
        std::vector<std::vector<std::byte>> out(count, {der.begin(), der.end()});
        for (std::size_t i = 0; i < count; ++i) {
            out[i][at] = static_cast<std::byte>('0' + i / 10);
            out[i][at + 1] = static_cast<std::byte>('0' + i % 10);
        }
        return out;
    };
    for (auto const& [count, taken] : {std::pair{32U, 32U}, {33U, 0U}}) {
        auto const came = collection(count);
        std::vector<base::View> const hints{came.begin(), came.end()};
        Endorsements endorsements;
        endorsements.add_hints(hints, "the Keep");
        EXPECT_EQ(endorsements.certificates().size(), taken);
    }
    Endorsements own;
    ASSERT_TRUE(own.add(chain(), "chain.pem"));
    std::vector<std::byte> const damaged(100);
    auto const crl = list();
    std::vector<base::View> const hints{damaged, crl};
    own.add_hints(hints, "the Keep");
    EXPECT_EQ(own.certificates().size(), 2U);
    EXPECT_EQ(own.revocation_lists().size(), 1U);
}

TEST(Endorsements, TheSameOneAgainChangesNothing) {
    Endorsements endorsements;
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(endorsements.add(chain(), "chain"));
        ASSERT_TRUE(endorsements.add(list(), "list"));
    }
    EXPECT_EQ(endorsements.certificates().size(), 2U);
    EXPECT_EQ(endorsements.revocation_lists().size(), 1U);
}

TEST(Endorsements, TheSameOneWithOtherContentIsRefusedAndBothFilesAreNamed) {
    auto changed = list();
    changed.back() ^= std::byte{1};
    Endorsements endorsements;
    ASSERT_TRUE(endorsements.add(list(), "first.crl"));
    auto const added = endorsements.add(changed, "second.crl");
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().source, "second.crl");
    EXPECT_TRUE(added.error().found.contains("first.crl"));
}

TEST(Endorsements, WhatIsNoneIsRefusedWithItsNameAndOffset) {
    auto const refused = [](std::string_view text) {
        Endorsements endorsements;
        auto const added = endorsements.add(base::view_of(text), "file");
        return !added && added.error().source == "file" && !added.error().expected.empty();
    };
    EXPECT_TRUE(refused(""));
    EXPECT_TRUE(refused("hello"));
    EXPECT_TRUE(refused("-----BEGIN PRIVATE KEY-----\nAAEC\n-----END PRIVATE KEY-----\n"));
    auto glued = list();
    glued.push_back(std::byte{0});
    Endorsements endorsements;
    auto const added = endorsements.add(glued, "glued");
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().offset, glued.size() - 1);
}

TEST(SignatureMemo, RemembersOnlyWhatVerifiedUnderThatKey) {
    Endorsements endorsements;
    ASSERT_TRUE(endorsements.add(chain(), "chain"));
    auto const& intermediate = endorsements.certificates()[0].value;
    auto const& root = endorsements.certificates()[1].value;
    SignatureMemo memo;
    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(memo.verify(intermediate.signed_part(), root.public_key_info()));
        EXPECT_FALSE(memo.verify(intermediate.signed_part(), intermediate.public_key_info()));
        EXPECT_FALSE(memo.verify(root.signed_part(), intermediate.public_key_info()));
    }
}

} // namespace
