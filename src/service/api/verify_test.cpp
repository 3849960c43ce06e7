// Wishes for a verdict, as they have to be.

#include "base/view.hpp"
#include "service/api/verify.hpp"

#include <gtest/gtest.h>

namespace service {
namespace {

constexpr std::string_view good =
    R"({"evidence":"AAEC","nonce":"0001020304050607","policy":"authentic","measurements":["aabb"],"endorsements":["AA=="]})";

std::string replaced(std::string_view from, std::string_view to) {
    std::string out{good};
    auto const at = out.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return out.replace(at, from.size(), to);
}

TEST(VerifyWish, IsReadWhole) {
    auto const wish = parse_verify_wish(good);
    ASSERT_TRUE(wish) << wish.error();
    EXPECT_EQ(wish->evidence.size(), 3U);
    EXPECT_EQ(wish->nonce.size(), 8U);
    EXPECT_EQ(wish->policy, "authentic");
    EXPECT_EQ(wish->measurements.size(), 1U);
    EXPECT_EQ(wish->endorsements.size(), 1U);
    EXPECT_EQ(
        parse_verify_wish(R"({"evidence":"AAEC","nonce":"0001020304050607"})")->policy, "strict"
    );
}

TEST(VerifyWish, WithoutWhatItNeedsIsRefused) {
    for (auto const& wrong : {
             std::string{"[]"},
             std::string{""},
             std::string{"{"},
             std::string{R"({"nonce":"0001020304050607"})"},
             std::string{R"({"evidence":"AAEC"})"},
             replaced("AAEC", ""),
             replaced("AAEC", "A"),
             replaced("AAEC", "%"),
             replaced("0001020304050607", "00010203040506"),
             replaced("0001020304050607", std::string(130, '0')),
             replaced("0001020304050607", "xx"),
             replaced("\"authentic\"", "7"),
             replaced("[\"aabb\"]", "\"aabb\""),
             replaced("aabb", "aab"),
             replaced("aabb", ""),
             replaced("\"policy\"", "\"polcy\""),
             replaced("\"policy\":\"authentic\"", "\"workload\":\"aabb\""),
             replaced("\"policy\":\"authentic\"", "\"configuration\":7"),
             replaced("\"AA==\"", "[[[[[[]]]]]]"),
         })
        EXPECT_FALSE(parse_verify_wish(wrong)) << wrong;
}

// ---- evidence of an application in a Keep ----

using attest::wrapped::Piece;
using protocol::evidence::Application;
using protocol::evidence::UserData;

Application some_application() {
    Application out{};
    out.workload.fill(std::byte{0x11});
    out.configuration.fill(std::byte{0x22});
    out.user_data = *UserData::of(base::view_of("a nonce!"));
    return out;
}

std::vector<std::byte> bytes_of(base::View view) { return {view.begin(), view.end()}; }

// Whether it compares with just these report data.
bool wants(VerifyWish const& wish, Piece const& piece, base::View data) {
    auto const wanted = wanted_data(wish, piece);
    auto other = bytes_of(data);
    other[0] ^= std::byte{1};
    return wanted && wanted->given() && wanted->admits(data) && !wanted->admits(other);
}

TEST(VerifyWish, OfAReportAloneTheNonceIsItsReportData) {
    VerifyWish const wish{.evidence = {}, .nonce = bytes_of(base::view_of("a nonce!"))};
    EXPECT_TRUE(wants(wish, {.kind = attest::Kind::SnpReport, .evidence = {}}, wish.nonce));
}

TEST(VerifyWish, OfAKeepsEvidenceTheNonceIsWhatItsApplicationBound) {
    auto const runs = some_application();
    Piece const piece{.kind = attest::Kind::SnpReport, .evidence = {}, .application = runs};
    auto const data = attest::report_data_of(runs);
    VerifyWish wish{.evidence = {}, .nonce = bytes_of(runs.user_data.view())};
    EXPECT_TRUE(wants(wish, piece, data));
    wish.nonce = bytes_of(data); // of who has made them himself
    EXPECT_TRUE(wants(wish, piece, data));
    wish.nonce = bytes_of(base::view_of("another nonce"));
    auto other = runs;
    other.user_data = *UserData::of(wish.nonce);
    EXPECT_TRUE(wants(wish, piece, attest::report_data_of(other)));
    other.workload.fill(std::byte{0x33});
    wish.workload = other.workload;
    EXPECT_TRUE(wants(wish, piece, attest::report_data_of(other)));
    // Report data say nothing of a workload that is named beside them.
    wish.nonce = bytes_of(data);
    EXPECT_FALSE(wants(wish, piece, data));
}

TEST(VerifyWish, AReportAloneWantsWorkloadAndConfigurationTogether) {
    auto const runs = some_application();
    Piece const piece{.kind = attest::Kind::SnpReport, .evidence = {}};
    VerifyWish wish{
        .evidence = {}, .nonce = bytes_of(runs.user_data.view()), .workload = runs.workload
    };
    EXPECT_FALSE(wanted_data(wish, piece));
    wish.configuration = runs.configuration;
    EXPECT_TRUE(wants(wish, piece, attest::report_data_of(runs)));
}

TEST(EarForm, IsTheFirstThatCanBeWritten) {
    for (std::string_view const jwt :
         {"", "*/*", "application/eat+jwt", "text/html, application/jwt;q=0.9", "application/*"})
        EXPECT_EQ(wanted_form(jwt), EarForm::Jwt) << jwt;
    for (std::string_view const cwt : {"application/eat+cwt", "application/cwt, application/jwt"})
        EXPECT_EQ(wanted_form(cwt), EarForm::Cwt) << cwt;
    EXPECT_EQ(wanted_form("text/html"), EarForm::Neither);
}

} // namespace
} // namespace service
