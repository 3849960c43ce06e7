// Pages say what is so, to whom it is said, and take nobody's text for markup.

#include "service/page/html.hpp"
#include "service/page/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view hostile = R"("><script>alert(1)</script><img src=x onerror='x'>&amp;)";

// Every text is one that others may have chosen.
PageContents contents(std::string const& of) {
    return {
        .service = of,
        .visitor = of,
        .of_the_operator = true,
        .unguarded = true,
        .may_leave = true,
        .deployment = of,
        .now = 1'800'000'000,
        .deployments =
            {{.name = of, .tenant = of, .serial = 7, .alive = 2, .replicas = 5, .hardware = false}},
        .keeps = {{.keep = of, .deployment = of, .kind = of}},
        .decisions =
            {{.step = "grant",
              .deployment = of,
              .keep = of,
              .rule = of,
              .failure = of,
              .detail = of}},
        .checkpoints = {{.size = 12, .root = of, .time = 0}},
        .checkpoint = of,
        .verifier_key = of
    };
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t out = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
        ++out;
    return out;
}

TEST(Page, TakesNoTextForMarkup) {
    auto const plain = page_text(contents("x"));
    auto const page = page_text(contents(std::string{hostile}));
    for (std::string_view const markup : {"<", ">", "\"", "'"})
        EXPECT_EQ(count(page, markup), count(plain, markup)) << markup;
    EXPECT_THAT(page, HasSubstr("&quot;&gt;&lt;script&gt;alert(1)"));
    EXPECT_THAT(page, HasSubstr("&amp;amp;"));
    EXPECT_THAT(page, HasSubstr("/deployments/%22%3e%3cscript"));
    auto const login = login_text(hostile, false, Knock::Unknown) + missing_text(hostile);
    EXPECT_THAT(login, Not(HasSubstr("<script")));
}

TEST(Page, SaysWhoMayReadAndWhatIsWithoutHardware) {
    auto of = contents("x");
    EXPECT_THAT(page_text(of), HasSubstr("No token is asked for."));
    EXPECT_THAT(page_text(of), HasSubstr("NOT REQUIRED"));
    EXPECT_THAT(page_text(of), HasSubstr("2 of 5"));
    of.unguarded = false;
    of.keeps[0].kind = "none";
    EXPECT_THAT(page_text(of), Not(HasSubstr("No token is asked for.")));
    EXPECT_THAT(page_text(of), HasSubstr("NO HARDWARE"));
    of.of_the_operator = false;
    EXPECT_THAT(page_text(of), Not(HasSubstr("Tenant")));
}

TEST(Page, OfNothingSaysThat) {
    auto const page = page_text({.service = "s", .visitor = "tenant shop", .now = 1});
    EXPECT_THAT(page, HasSubstr("None was published yet."));
    EXPECT_THAT(page, HasSubstr("<p>None.</p>"));
    EXPECT_THAT(page, HasSubstr("None since this service started"));
}

TEST(Page, HasNoScriptAndNoStyleInIt) {
    auto const page = page_text(contents("x"));
    for (auto const* what : {"<script", "<style", "style=", "onclick", "javascript:"})
        EXPECT_THAT(page, Not(HasSubstr(what)));
}

TEST(Html, TellsTimesInUtc) { EXPECT_EQ(time_text(1'800'000'000), "2027-01-15 08:00:00 UTC"); }

} // namespace
} // namespace service
