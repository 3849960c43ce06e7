// Words for kinds, outcomes and algorithms: each has one of its own.

#include "attest/appraisal.hpp"
#include "attest/cose/sign1.hpp"

#include <set>

#include <gtest/gtest.h>

namespace {

using namespace attest;

template <class T> void expect_distinct(std::initializer_list<T> all) {
    std::set<std::string_view> names;
    for (auto const value : all) names.insert(name_of(value));
    EXPECT_EQ(names.size(), all.size());
    EXPECT_FALSE(names.contains(""));
}

TEST(Names, EachKindOutcomeAndAlgorithmHasOneOfItsOwn) {
    std::set<std::string_view> kinds;
    for (auto const kind : all_kinds()) kinds.insert(name_of(kind));
    EXPECT_EQ(kinds.size(), all_kinds().size());
    expect_distinct({
        Outcome::Passed,
        Outcome::Failed,
        Outcome::Undecided,
        Outcome::Off,
        Outcome::NotApplicable,
    });
    expect_distinct({
        cose::Algorithm::Es256,
        cose::Algorithm::Es384,
        cose::Algorithm::Es512,
    });
}

} // namespace
