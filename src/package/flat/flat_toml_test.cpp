#include "package/flat/flat_toml.hpp"

#include <gtest/gtest.h>

namespace {

using package::parse_flat_toml;

TEST(FlatToml, NamesEachValueByItsTables) {
    auto const entries = parse_flat_toml(
        "base = \"strict\"\n[rules]\n\"snp.policy.debug\" = false\nsnp.vmpl = true\n"
        "[snp.minimum-tcb.milan]\nsnp = 24\n[dcap]\nfmspcs = [\"00906ed50000\"]\n"
    );
    ASSERT_TRUE(entries);
    ASSERT_EQ(entries->size(), 5U);
    EXPECT_EQ((*entries)[0].name, "base");
    EXPECT_EQ((*entries)[1].name, "rules.snp.policy.debug");
    EXPECT_EQ(std::get<bool>((*entries)[1].value), false);
    EXPECT_EQ((*entries)[2].name, "rules.snp.vmpl");
    EXPECT_EQ((*entries)[3].name, "snp.minimum-tcb.milan.snp");
    EXPECT_EQ(std::get<std::int64_t>((*entries)[3].value), 24);
    EXPECT_EQ((*entries)[3].line, 6U);
    EXPECT_EQ(std::get<std::vector<std::string>>((*entries)[4].value).at(0), "00906ed50000");
}

TEST(FlatToml, SaysWhereAValueIsOfNoUse) {
    auto const date = parse_flat_toml("a = 1\nb = 2026-11-21\n");
    ASSERT_FALSE(date);
    EXPECT_EQ(date.error().line, 2U);
    EXPECT_FALSE(parse_flat_toml("a = [1]\n"));
    EXPECT_FALSE(parse_flat_toml("a = \n"));
    EXPECT_FALSE(parse_flat_toml("a = 1.5\n"));
}

TEST(FlatToml, RefusesTablesThatNestWithoutEnd) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "a = { ";
    EXPECT_FALSE(parse_flat_toml(text + "b = 1" + std::string(200, '}')));
}

} // namespace
