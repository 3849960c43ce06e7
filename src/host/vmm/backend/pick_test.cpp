#include "host/vmm/backend/pick.hpp"

#include <array>

#include <gtest/gtest.h>

namespace {

using namespace host::vmm;

Report all_there(Machine const& machine) {
    (void)machine;
    return {};
}

Report nothing_there(Machine const& machine) {
    (void)machine;
    return {
        .platform =
            {{.name = "Driver /dev/x",
              .pass = false,
              .info = "No such file or directory",
              .advice = "Load it."}},
        .setup = {}
    };
}

Report not_set_up(Machine const& machine) {
    (void)machine;
    return {
        .platform = {},
        .setup = {{.name = "/dev/x can be read", .pass = false, .advice = "Join the group."}}
    };
}

os::Failure launch(LaunchOrder const& order) {
    (void)order;
    return {"internal", "not to be called"};
}

constexpr Backend tee{"snp", "sev", "", "", true, KeptCode::None, all_there, launch};
constexpr Backend missing_tee{"snp", "sev", "", "", true, KeptCode::None, nothing_there, launch};
constexpr Backend unbuilt_tee{"tdx", "", "", "", true, KeptCode::None, all_there, nullptr};
constexpr Backend unready{"kvm", "", "", "", false, KeptCode::Plain, not_set_up, launch};
constexpr Backend nil{"nil", "", "", "", false, KeptCode::Plain, all_there, launch};

std::string picked(Wish const& wish, std::span<Backend const> among) {
    auto const backend = pick(wish, among, Machine{});
    return backend ? std::string{(*backend)->name} : std::string{backend.error().name};
}

TEST(Pick, TakesTheBestThereIsWhereNoneIsNamed) {
    EXPECT_EQ(picked({}, std::array{tee, nil}), "snp");
    EXPECT_EQ(picked({}, std::array{missing_tee, unbuilt_tee, unready, nil}), "nil");
    EXPECT_EQ(picked({}, std::array{missing_tee}), "backend-unavailable");
}

TEST(Pick, TakesTheNamedOneOrFails) {
    EXPECT_EQ(picked({.name = "nil"}, std::array{tee, nil}), "nil");
    EXPECT_EQ(picked({.name = "snp"}, std::array{missing_tee, nil}), "backend-unavailable");
    EXPECT_EQ(picked({.name = "tdx"}, std::array{unbuilt_tee, nil}), "backend-unavailable");
    EXPECT_EQ(picked({.name = "kvm"}, std::array{unready, nil}), "backend-unavailable");
    EXPECT_EQ(picked({.name = "qemu"}, std::array{tee, nil}), "backend-unknown");
    EXPECT_EQ(picked({.name = ""}, std::array{tee, nil}), "backend-unknown");
}

TEST(Pick, KnowsAnAlias) { EXPECT_EQ(picked({.name = "sev"}, std::array{tee, nil}), "snp"); }

TEST(Pick, TakesOnlyHardwareWhereThatIsRequired) {
    EXPECT_EQ(picked({.require_hardware = true}, std::array{tee, nil}), "snp");
    EXPECT_EQ(
        picked({.require_hardware = true}, std::array{missing_tee, unbuilt_tee, nil}),
        "hardware-required"
    );
    EXPECT_EQ(
        picked({.name = "nil", .require_hardware = true}, std::array{tee, nil}), "hardware-required"
    );
    EXPECT_EQ(picked({.name = "snp", .require_hardware = true}, std::array{tee, nil}), "snp");
}

TEST(Pick, SaysWhatIsMissingAndHowToGetIt) {
    auto const none = pick({.name = "snp"}, std::array{missing_tee}, Machine{});
    ASSERT_FALSE(none);
    EXPECT_TRUE(none.error().text.contains("Driver /dev/x: No such file or directory"));
    EXPECT_TRUE(none.error().hint.contains("Load it."));
    auto const unset = pick({.name = "kvm"}, std::array{unready}, Machine{});
    ASSERT_FALSE(unset);
    EXPECT_TRUE(unset.error().hint.contains("Join the group."));
}

TEST(Backends, AreListedWithTheirNames) {
    for (auto const* name : {"snp", "tdx", "sgx", "kvm", "nil"}) {
        ASSERT_NE(find_backend(name), nullptr) << name;
        EXPECT_EQ(find_backend(name)->name, name);
    }
    EXPECT_EQ(find_backend("sev"), find_backend("snp"));
    EXPECT_EQ(find_backend(""), nullptr);
}

} // namespace
