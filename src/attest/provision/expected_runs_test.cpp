#include "attest/provision/expected_runs.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace attest::provision {
namespace {

std::vector<std::byte> bytes(unsigned value) {
    return std::vector<std::byte>(32, std::byte(value));
}

Runs runs() {
    return {
        .workload = bytes(1),
        .configuration = bytes(2),
        .tenant = bytes(3),
        .package = bytes(4),
        .deployment = "shop/api",
        .serial = 14
    };
}

ExpectedRuns all() {
    return {
        .workload = bytes(1),
        .configuration = bytes(2),
        .tenant = bytes(3),
        .package = bytes(4),
        .deployment = "shop/api",
        .serial = 14
    };
}

std::string failed(ExpectedRuns const& expected) {
    std::string out;
    for (auto const& finding : compare(runs(), expected))
        if (finding.outcome == Outcome::Failed) out += std::string{finding.rule->id} + ' ';
    return out;
}

TEST(ExpectedRuns, AreWhatTheKeepSaysOrTheOneThatDiffersIsNamed) {
    EXPECT_EQ(failed(all()), "");
    auto wrong = all();
    wrong.workload = bytes(9);
    EXPECT_EQ(failed(wrong), "ready.workload ");
    wrong = all();
    wrong.configuration = bytes(9);
    EXPECT_EQ(failed(wrong), "ready.configuration ");
    wrong = all();
    wrong.tenant = bytes(9);
    EXPECT_EQ(failed(wrong), "ready.tenant ");
    wrong = all();
    wrong.package = bytes(9);
    EXPECT_EQ(failed(wrong), "ready.package ");
    wrong = all();
    wrong.deployment = "shop/ap";
    EXPECT_EQ(failed(wrong), "ready.deployment ");
    wrong = all();
    wrong.serial = 13;
    EXPECT_EQ(failed(wrong), "ready.serial ");
}

TEST(ExpectedRuns, OfWhichNoneIsGivenAreAllOff) {
    auto const findings = compare(runs(), {});
    EXPECT_EQ(findings.size(), 6U);
    EXPECT_TRUE(std::ranges::all_of(findings, [](auto const& each) {
        return each.outcome == Outcome::Off;
    }));
}

} // namespace
} // namespace attest::provision
