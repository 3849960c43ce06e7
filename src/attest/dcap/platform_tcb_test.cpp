#include "attest/dcap/platform_tcb.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest::dcap;
using enum TcbStatus;

TcbLevel level(std::uint8_t sgx, std::uint16_t pce, Svns tdx, TcbStatus status) {
    TcbLevel out{.sgx = {}, .pce_svn = pce, .tdx = tdx, .standing = {}};
    out.sgx.fill(sgx);
    out.standing.status = status;
    return out;
}

Pck pck(std::uint8_t sgx, std::uint16_t pce) {
    Pck out;
    out.components.fill(sgx);
    out.pce_svn = pce;
    return out;
}

// Two levels and a module 1 with two levels of its own.
TcbInfo info() {
    TcbInfo out;
    out.levels = {
        level(5, 11, {3, 0, 6}, UpToDate),
        level(3, 10, {2, 0, 4}, OutOfDate),
    };
    ModuleIdentity module;
    module.version = 1;
    module.levels = {
        {.isv_svn = 4, .standing = {.status = UpToDate, .date = {}, .advisories = {}}},
        {.isv_svn = 2, .standing = {.status = OutOfDate, .date = {}, .advisories = {}}},
    };
    out.modules = {module};
    return out;
}

TEST(PlatformTcb, TheFirstLevelThatAllComponentsReachCounts) {
    auto const tcb = info();
    EXPECT_EQ(find_level(tcb, pck(5, 11), nullptr), tcb.levels.data());
    EXPECT_EQ(find_level(tcb, pck(9, 12), nullptr), tcb.levels.data());
    EXPECT_EQ(find_level(tcb, pck(5, 10), nullptr), &tcb.levels[1]) << "PCESVN too low";
    EXPECT_EQ(find_level(tcb, pck(2, 12), nullptr), nullptr);
    EXPECT_EQ(find_level(tcb, pck(9, 9), nullptr), nullptr);
    for (std::size_t i = 0; i < 16; ++i) {
        auto lower = pck(5, 11);
        lower.components[i] = 4;
        EXPECT_EQ(find_level(tcb, lower, nullptr), &tcb.levels[1]) << i;
        lower.components[i] = 2;
        EXPECT_EQ(find_level(tcb, lower, nullptr), nullptr) << i;
    }
}

TEST(PlatformTcb, WithAModuleVersionTheFirstTwoComponentsAreTheModules) {
    auto const tcb = info();
    Svns svns{2, 0, 6};
    EXPECT_EQ(find_level(tcb, pck(5, 11), &svns), &tcb.levels[1]);
    svns = {0, 1, 6};
    EXPECT_EQ(find_level(tcb, pck(5, 11), &svns), tcb.levels.data());
    svns = {9, 1, 5};
    EXPECT_EQ(find_level(tcb, pck(5, 11), &svns), &tcb.levels[1]);
    svns = {9, 1, 3};
    EXPECT_EQ(find_level(tcb, pck(5, 11), &svns), nullptr);
}

TEST(PlatformTcb, AModuleIsFoundByItsVersionAndItsLevelByItsSvn) {
    auto const tcb = info();
    ASSERT_NE(find_module(tcb, 1), nullptr);
    EXPECT_EQ(find_module(tcb, 3), nullptr);
    auto const& levels = tcb.modules[0].levels;
    EXPECT_EQ(find_isv_level(levels, 7), levels.data());
    EXPECT_EQ(find_isv_level(levels, 3), &levels[1]);
    EXPECT_EQ(find_isv_level(levels, 1), nullptr);
}

TEST(PlatformTcb, StatesConvergeToTheWorseOneAndKeepTheConfiguration) {
    EXPECT_EQ(converge(UpToDate, UpToDate), UpToDate);
    EXPECT_EQ(converge(UpToDate, OutOfDate), OutOfDate);
    EXPECT_EQ(converge(SwHardeningNeeded, OutOfDate), OutOfDate);
    EXPECT_EQ(converge(ConfigurationNeeded, OutOfDate), OutOfDateConfigurationNeeded);
    EXPECT_EQ(converge(ConfigurationAndSwHardeningNeeded, OutOfDate), OutOfDateConfigurationNeeded);
    EXPECT_EQ(converge(OutOfDateConfigurationNeeded, OutOfDate), OutOfDateConfigurationNeeded);
    EXPECT_EQ(converge(OutOfDate, UpToDate), OutOfDate);
    EXPECT_EQ(converge(UpToDate, Revoked), Revoked);
    EXPECT_EQ(converge(Revoked, UpToDate), Revoked);
    EXPECT_EQ(converge(TdRelaunchAdvised, UpToDate), TdRelaunchAdvised);
}

TEST(PlatformTcb, NamesOfStatesAreThoseOfIntelsDocuments) {
    for (auto const* name :
         {"UpToDate",
          "SWHardeningNeeded",
          "ConfigurationNeeded",
          "ConfigurationAndSWHardeningNeeded",
          "OutOfDate",
          "OutOfDateConfigurationNeeded",
          "Revoked",
          "TDRelaunchAdvised",
          "TDRelaunchAdvisedConfigurationNeeded"})
        EXPECT_EQ(name_of(tcb_status(name).value()), name);
    EXPECT_FALSE(tcb_status("uptodate"));
}

// The TD was launched under module 1, SVN 2, which is outdated.
Launched launched(Svns current) {
    return {
        .sgx = UpToDate,
        .status = OutOfDate,
        .module = OutOfDate,
        .quoting_enclave = UpToDate,
        .current = current,
    };
}

TEST(Relaunch, IsAdvisedWhereTheModuleWasUpdatedUnderTheDomain) {
    EXPECT_EQ(relaunch(info(), launched({4, 1, 6})), TdRelaunchAdvised);
    EXPECT_EQ(relaunch(info(), launched({3, 0, 6})), TdRelaunchAdvised);
    auto configured = launched({4, 1, 6});
    configured.sgx = ConfigurationNeeded;
    EXPECT_EQ(relaunch(info(), configured), TdRelaunchAdvisedConfigurationNeeded);
    configured = launched({4, 1, 6});
    configured.status = OutOfDateConfigurationNeeded;
    EXPECT_EQ(relaunch(info(), configured), TdRelaunchAdvisedConfigurationNeeded);
}

TEST(Relaunch, HelpsNothingWhereSomethingElseIsOutdatedToo) {
    EXPECT_EQ(relaunch(info(), launched({3, 1, 6})), OutOfDate) << "the module still is";
    EXPECT_EQ(relaunch(info(), launched({4, 1, 5})), OutOfDate) << "its loader is";
    EXPECT_EQ(relaunch(info(), launched({2, 0, 6})), OutOfDate);
    EXPECT_EQ(relaunch(info(), launched({4, 2, 6})), OutOfDate) << "a module that nobody knows";
    auto other = launched({4, 1, 6});
    other.sgx = OutOfDate;
    EXPECT_EQ(relaunch(info(), other), OutOfDate);
    other = launched({4, 1, 6});
    other.quoting_enclave = OutOfDate;
    EXPECT_EQ(relaunch(info(), other), OutOfDate);
    other = launched({4, 1, 6});
    other.module = UpToDate;
    EXPECT_EQ(relaunch(info(), other), OutOfDate);
    other = launched({4, 1, 6});
    other.status = Revoked;
    EXPECT_EQ(relaunch(info(), other), Revoked);
}

} // namespace
