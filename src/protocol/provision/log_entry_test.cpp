// A line of the log: one encoding, each field in its place, and nothing that is not what it says.

#include "base/hex.hpp"
#include "protocol/provision/log_entry.hpp"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

namespace protocol::provision {
namespace {

class LogEntryTest : public ::testing::Test {
protected:
    static std::string wrong(base::View bytes) {
        auto const read = decode_log_entry(bytes);
        return read ? "none" : std::string{read.error().field};
    }
    std::string wrong(LogEntry const& it) { return wrong(encode(it)); }

    std::array<std::byte, 32> keep{std::byte{7}};
    std::array<std::byte, 32> digest{std::byte{9}};
    std::array<std::byte, 32> statement{std::byte{11}};
    LogEntry entry{
        .time = 1'800'000'000,
        .kind = LogKind::Release,
        .deployment = LoggedDeployment{"shop/api", 14, statement},
        .keep_id = keep,
        .rule = {},
        .digest = digest,
        .accepted = true
    };
};

TEST_F(LogEntryTest, is_read_as_it_was_written) {
    auto const bytes = encode(entry);
    auto const read = *decode_log_entry(bytes);
    EXPECT_EQ(read.time, entry.time);
    EXPECT_EQ(read.kind, LogKind::Release);
    EXPECT_EQ(read.deployment->name, "shop/api");
    EXPECT_EQ(read.deployment->serial, 14U);
    EXPECT_TRUE(base::equal(*read.deployment->statement, statement));
    EXPECT_TRUE(base::equal(*read.keep_id, keep));
    EXPECT_FALSE(read.rule);
    EXPECT_TRUE(base::equal(*read.digest, digest));
    EXPECT_TRUE(read.accepted);
}

TEST_F(LogEntryTest, has_these_bytes) {
    LogEntry denial;
    denial.time = 5;
    denial.kind = LogKind::Denial;
    denial.rule = "binding.channel";
    EXPECT_EQ(
        base::hex(encode(denial)),
        "a8010102050302"
        "04f6"
        "05f6"
        "066f62696e64696e672e6368616e6e656c"
        "07f6"
        "08f4"
    );
}

TEST_F(LogEntryTest, of_a_release_says_when_what_to_whom_and_by_which_evidence) {
    EXPECT_EQ(
        encode(entry_of(
            {.time = entry.time,
             .deployment = "shop/api",
             .serial = 14,
             .statement = statement,
             .keep_id = keep,
             .authenticator = digest}
        )),
        encode(entry)
    );
}

TEST_F(LogEntryTest, names_the_field_that_is_wrong) {
    auto late = entry;
    late.time = UINT64_MAX;
    EXPECT_EQ(wrong(late), "log.time");
    auto strange = entry;
    strange.kind = LogKind(6);
    EXPECT_EQ(wrong(strange), "log.kind");
    auto nameless = entry;
    nameless.deployment->name = "";
    EXPECT_EQ(wrong(nameless), "log.deployment");
    auto short_statement = entry;
    short_statement.deployment->statement = base::View{statement}.first(31);
    EXPECT_EQ(wrong(short_statement), "log.deployment");
    auto short_keep = entry;
    short_keep.keep_id = base::View{keep}.first(31);
    EXPECT_EQ(wrong(short_keep), "log.keep");
    auto empty_rule = entry;
    empty_rule.rule = "";
    EXPECT_EQ(wrong(empty_rule), "log.rule");
    std::string const long_text(129, 'x');
    auto long_rule = entry;
    long_rule.rule = long_text;
    EXPECT_EQ(wrong(long_rule), "log.rule");
    auto short_digest = entry;
    short_digest.digest = base::View{};
    EXPECT_EQ(wrong(short_digest), "log.digest");
}

TEST_F(LogEntryTest, is_nothing_when_it_is_cut_or_longer) {
    auto bytes = encode(entry);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_NE(wrong(base::View{bytes}.first(size)), "none") << size;
    bytes.push_back(std::byte{0});
    EXPECT_EQ(wrong(bytes), "log.form");
}

TEST_F(LogEntryTest, of_another_version_is_not_read) {
    auto bytes = encode(entry);
    ASSERT_EQ(bytes[2], std::byte{1});
    bytes[2] = std::byte{2};
    EXPECT_EQ(wrong(bytes), "log.version");
}

} // namespace
} // namespace protocol::provision
