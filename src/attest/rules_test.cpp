#include "attest/appraisal.hpp"
#include "base/test_folders.hpp"

#include <fstream>
#include <iterator>
#include <set>

#include <gtest/gtest.h>

namespace {

using namespace attest;

std::set<Rule const*> all_rules() {
    std::set<Rule const*> out;
    for (auto const kind : all_kinds()) {
        auto const rules = rules_for(kind);
        out.insert(rules.begin(), rules.end());
    }
    return out;
}

TEST(Rules, EachHasAnIdOfItsOwnAWordingAndASource) {
    std::set<std::string_view> ids;
    for (auto const* rule : all_rules()) {
        EXPECT_TRUE(ids.insert(rule->id).second) << rule->id;
        EXPECT_FALSE(rule->text.empty() || rule->source.empty()) << rule->id;
        EXPECT_EQ(find_rule(rule->id), rule);
    }
    EXPECT_EQ(find_rule("no.such.rule"), nullptr);
}

TEST(Rules, EachStandsInTheDocumentationWithItsWordingAndSource) {
    std::ifstream file{std::string{enarx::test::source_folder} + "/docs/attestation.md"};
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    for (auto const* rule : all_rules()) {
        auto const row = "| `" + std::string(rule->id) + "` | " + std::string(rule->text) + " |";
        EXPECT_TRUE(text.contains(row)) << rule->id;
        EXPECT_TRUE(text.contains("| " + std::string(rule->source) + " |")) << rule->id;
    }
}

} // namespace
