// Each setting of a policy file belongs to a section, and to write it down is to set values of that
// section's evidence, whatever the value is.

#include "policy/parse.hpp"
#include "policy/settings.hpp"

#include <gtest/gtest.h>

namespace {

using attest::Policy;
using attest::Section;

// The first form that a setting takes, with the shortest value.
std::optional<Policy> with(std::string_view name) {
    for (auto const zeros : {0, 12, 32, 64, 96, 128})
        for (auto const& value :
             {std::string{"0"}, '"' + std::string(zeros, '0') + '"', std::string{"[]"}}) {
            auto const text = "base = \"strict\"\n" + std::string{name} + " = " + value + '\n';
            if (auto policy = policy::parse_policy("test", base::view_of(text))) return *policy;
        }
    return {};
}

TEST(PolicyFile, EachSettingSetsItsOwnSectionAndNoOther) {
    for (auto const& setting : policy::settings()) {
        auto const policy = with(setting.name);
        ASSERT_TRUE(policy) << setting.name;
        for (auto const section : attest::all_sections)
            EXPECT_EQ(
                policy->sets(section),
                setting.name.starts_with(std::string{attest::name_of(section)} + '.')
            ) << setting.name
              << ", " << attest::name_of(section);
    }
}

TEST(PolicyFile, AValueThatHoldsAnywayIsWrittenDownAllTheSame) {
    auto const policy =
        policy::parse_policy("test", base::view_of("base = \"strict\"\n[snp]\nvmpl = 0\n"));
    ASSERT_TRUE(policy);
    EXPECT_EQ(policy->snp, Policy::strict().snp);
    EXPECT_TRUE(policy->sets(Section::Snp));
}

} // namespace
