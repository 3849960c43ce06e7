// Event logs replay to the registers of the vectors; MRTD follows the module's specification.

#include "attest/measure/event_log.hpp"
#include "attest/measure/td_pages.hpp"
#include "attest/measure/testing.hpp"
#include "attest/text.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest::measure;
using attest::hex;
using attest::testing::Vectors;

Vectors const& vectors() { return Vectors::instance(); }

std::vector<std::byte> good_log() {
    for (auto const& vector : vectors().of_kind("tdx-event-log"))
        if (vector.positive == true) return vectors().read(vector.path);
    throw std::runtime_error("no good event log");
}

TEST(EventLog, EachGoodLogReplaysToTheRegistersOfItsQuote) {
    int judged = 0;
    for (auto const& vector : vectors().of_kind("tdx-event-log")) {
        if (vector.positive != true) continue;
        SCOPED_TRACE(vector.path);
        auto const bytes = vectors().read(vector.path);
        auto const log = parse_event_log(bytes);
        ASSERT_TRUE(log) << log.error().what << " at " << log.error().offset;
        EXPECT_EQ(log->events.size(), vector.expected().at("events").get<std::size_t>());
        auto const rtmrs = replay(*log);
        auto const fields = vector.all.at("fields");
        for (std::size_t i = 0; i < rtmrs.size(); ++i)
            EXPECT_EQ(hex(rtmrs.at(i)), fields.at("rtmr" + std::to_string(i)).get<std::string>());
        for (auto const& event : log->events) EXPECT_NE(digest_of_data(event), false);
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(EventLog, EachBadLogReplaysToOtherRegisters) {
    auto const good_bytes = good_log();
    auto const good = replay(*parse_event_log(good_bytes));
    int judged = 0;
    for (auto const& vector : vectors().of_kind("tdx-event-log")) {
        if (vector.positive != false) continue;
        auto const bytes = vectors().read(vector.path);
        auto const log = parse_event_log(bytes);
        ASSERT_TRUE(log);
        EXPECT_NE(replay(*log), good) << vector.path;
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(EventLog, ALogThatEndsInsideAnEventIsRefused) {
    auto const bytes = good_log();
    auto const log = parse_event_log(bytes);
    std::vector<std::size_t> whole{log->end};
    for (auto const& event : log->events) whole.push_back(event.offset);
    for (std::size_t size = 0; size <= log->end; ++size)
        EXPECT_EQ(
            parse_event_log(base::View{bytes}.first(size)).has_value(),
            std::ranges::find(whole, size) != whole.end()
        ) << size;
}

TEST(EventLog, OnlyPaddingMayFollowTheEvents) {
    auto bytes = good_log();
    ASSERT_TRUE(parse_event_log(bytes));
    bytes.back() = std::byte{0};
    EXPECT_FALSE(parse_event_log(bytes));
}

TEST(EventLog, ADigestThatIsNotThatOfItsDataIsFound) {
    auto bytes = good_log();
    auto const log = parse_event_log(bytes);
    auto const event =
        std::ranges::find_if(log->events, [](Event const& e) { return digest_of_data(e) == true; });
    ASSERT_NE(event, log->events.end());
    auto const index = static_cast<std::size_t>(event - log->events.begin());
    bytes[event->offset + 14] ^= std::byte{1};
    EXPECT_EQ(digest_of_data(parse_event_log(bytes)->events.at(index)), false);
}

TEST(TdBuild, MrtdIsTheHashOfTheOperationBlocksAsTheModulesSpecificationHasThem) {
    std::string const json =
        R"({"pages":[{"gpa":"0x1000"},{"gpa":"0x2000","data_hex_then_zero_padded_to_4096":"aa"}]})";
    auto const cases = parse_td_pages(base::view_of(json), "test");
    ASSERT_TRUE(cases) << cases.error().source;
    // By hand: two MEM.PAGE.ADD, then MR.EXTEND and 256 bytes, 16 times.
    std::vector<std::byte> hashed;
    auto const block = [&](std::string_view name, std::uint64_t gpa) {
        base::Bytes<128> out{};
        std::ranges::copy(base::view_of(name), out.begin());
        for (std::size_t i = 0; i < 8; ++i) out[16 + i] = std::byte(gpa >> (8 * i) & 0xff);
        hashed.insert(hashed.end(), out.begin(), out.end());
    };
    block("MEM.PAGE.ADD", 0x1000);
    block("MEM.PAGE.ADD", 0x2000);
    for (std::uint64_t at = 0; at < 4096; at += 256) {
        block("MR.EXTEND", 0x2000 + at);
        hashed.resize(hashed.size() + 256);
        if (at == 0) hashed[hashed.size() - 256] = std::byte{0xaa};
    }
    EXPECT_EQ(hex(cases->at(0).digest), hex(crypto::sha384(hashed)));
}

TEST(TdBuild, TheOrderOfStepsCountsAndIsTheUsers) {
    auto const digest = [](std::string const& pages) {
        auto const cases = parse_td_pages(base::view_of(R"({"pages":[)" + pages + "]}"), "test");
        return cases ? hex(cases->at(0).digest) : cases.error().source;
    };
    std::string const data = R"("data_hex_then_zero_padded_to_4096":"01")";
    auto const both = digest(R"({"gpa":0,)" + data + R"(},{"gpa":4096})");
    EXPECT_EQ(
        both,
        digest(
            R"({"gpa":0,"operation":"add"},{"gpa":0,"operation":"extend",)" + data +
            R"(},{"gpa":4096})"
        )
    );
    EXPECT_NE(
        both,
        digest(
            R"({"gpa":0,"operation":"add"},{"gpa":4096},{"gpa":0,"operation":"extend",)" + data +
            "}"
        )
    );
    EXPECT_EQ(digest(R"({"gpa":0,"operation":"extend"})"), "test, case-0, page 0, operation");
}

} // namespace
