// Evidence with hardware's report in it, to bytes and back.

#include "protocol/evidence/vouched.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace protocol::evidence {
namespace {

using Bytes = std::vector<std::byte>;

struct VouchedTest : ::testing::Test {
    Bytes report = Bytes(snp_report_size, std::byte{0xa1});
    Bytes certificates = Bytes(100, std::byte{0xa2});
    Bytes const nonce = Bytes(20, std::byte{0xa3});
    Vouched evidence;

    VouchedTest() {
        evidence.report = report;
        evidence.certificates = certificates;
        evidence.application.workload.fill(std::byte{1});
        evidence.application.configuration.fill(std::byte{2});
        evidence.application.user_data = *UserData::of(nonce);
    }
    static void expect_same(Vouched const& wanted, Bytes const& bytes) {
        auto const found = decode_vouched(bytes);
        ASSERT_TRUE(found);
        EXPECT_TRUE(base::equal(found->report, wanted.report));
        EXPECT_TRUE(base::equal(found->certificates, wanted.certificates));
        EXPECT_EQ(found->application, wanted.application);
        EXPECT_TRUE(looks_vouched(bytes));
    }
};

TEST_F(VouchedTest, comes_back_as_it_was) {
    expect_same(evidence, encode(evidence));
    evidence.certificates = {};
    evidence.application.user_data = {};
    expect_same(evidence, encode(evidence));
}

TEST_F(VouchedTest, is_refused_when_any_byte_is_missing_or_more) {
    auto const bytes = encode(evidence);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(decode_vouched(base::View{bytes}.first(size))) << size;
    auto more = bytes;
    more.push_back({});
    EXPECT_FALSE(decode_vouched(more));
}

TEST_F(VouchedTest, has_one_encoding) {
    auto const bytes = encode(evidence);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        auto changed = bytes;
        changed[at] ^= std::byte{0x20};
        if (auto const found = decode_vouched(changed)) EXPECT_EQ(encode(*found), changed) << at;
    }
}

TEST_F(VouchedTest, sizes_are_held) {
    Bytes const longer(snp_report_size + 1);
    evidence.report = longer;
    EXPECT_FALSE(decode_vouched(encode(evidence)));
    evidence.report = report;
    Bytes const many(most_certificates + 1);
    evidence.certificates = many;
    EXPECT_FALSE(decode_vouched(encode(evidence)));
}

TEST_F(VouchedTest, is_not_evidence_without_hardware) {
    EXPECT_FALSE(decode(encode(evidence)));
    EXPECT_FALSE(decode_bound(encode(evidence)));
    EXPECT_FALSE(looks_vouched(encode(NoHardware{}).view()));
}

} // namespace
} // namespace protocol::evidence
