// What each backend's probe says of machines that have, or lack, what it needs.

#include "host/vmm/backend/kvm/ioctl.hpp"
#include "host/vmm/backend/kvm/kvm.hpp"
#include "host/vmm/backend/sgx/sgx.hpp"
#include "host/vmm/backend/snp/platform.hpp"
#include "host/vmm/backend/snp/snp.hpp"
#include "host/vmm/backend/tdx/tdx.hpp"
#include "host/vmm/probe/fake_machine.hpp"

#include <cstring>

#include <gtest/gtest.h>
#include <linux/kvm.h>

namespace {

using namespace host::vmm;

constexpr unsigned long vm_types = 235;

void add_kvm(FakeMachine& fake, int types) {
    fake.file("/dev/kvm");
    fake.answer(KVM_GET_API_VERSION, 0, 12);
    fake.answer(KVM_CHECK_EXTENSION, vm_types, types);
}

// What /dev/sev answers to SNP_PLATFORM_STATUS.
void add_firmware(FakeMachine& fake, snp::PlatformStatus const& status) {
    fake.file("/dev/sev");
    constexpr unsigned long issue_command = 0xc010'5300;
    fake.fill(issue_command, [status](unsigned long address) -> base::Result<int> {
        std::uint64_t data = 0; // behind the command's number, packed
        std::memcpy(&data, reinterpret_cast<std::byte const*>(address) + 4, sizeof data);
        std::memcpy(reinterpret_cast<void*>(data), &status, sizeof status);
        return 0;
    });
}

constexpr snp::PlatformStatus good_status{
    .api_major = 1, .api_minor = 55, .state = 1, .rmp_initialised = 1, .build_id = 21
};

FakeMachine milan() {
    FakeMachine fake;
    fake.vendor("AuthenticAMD");
    fake.brand("AMD EPYC 7763 64-Core Processor");
    fake.leaf(1, 0, {.ecx = 1U << 30});
    fake.leaf(7, 0, {.ebx = 1});
    fake.leaf(0x8000001f, 0, {.eax = 0x1f, .ebx = 0x1b3, .ecx = 509, .edx = 100});
    add_kvm(fake, 1 << 4 | 1);
    add_firmware(fake, good_status);
    fake.file("/sys/module/kvm_amd/parameters/sev_snp", "Y\n");
    fake.file("/sys/fs/cgroup/misc.capacity", "sev 410\nsev_es 99\n");
    fake.file("/sys/fs/cgroup/misc.current", "sev 0\nsev_es 2\n");
    return fake;
}

FakeMachine ice_lake() {
    FakeMachine fake;
    fake.vendor("GenuineIntel");
    fake.brand("Intel(R) Xeon(R)");
    fake.leaf(7, 0, {.ebx = 1 | 1U << 2, .ecx = 1U << 30});
    fake.leaf(0x12, 0, {.eax = 3, .edx = 0x381f});
    fake.leaf(0x12, 2, {.eax = 1, .ecx = 0x10000000, .edx = 1});
    add_kvm(fake, 1 << 5 | 1);
    fake.file("/sys/module/kvm_intel/parameters/tdx", "Y");
    fake.file("/var/run/tdx-qgs/qgs.socket");
    fake.file("/dev/sgx_enclave");
    fake.file("/var/run/aesmd/aesm.socket");
    fake.file("/var/cache/intel-sgx/crls.der");
    fake.file("/var/cache/intel-sgx/tcb.der");
    return fake;
}

Check const* find(Checks const& checks, std::string_view name) {
    for (auto const& check : checks) {
        if (check.name == name) return &check;
        if (auto const* inner = find(check.parts, name)) return inner;
    }
    return nullptr;
}

TEST(Probe, FindsSnpWhereEverythingIsThere) {
    auto const fake = milan();
    auto const report = probe_snp(fake.machine());
    EXPECT_TRUE(report.available());
    EXPECT_TRUE(report.configured());
    EXPECT_EQ(find(report.platform, "C-bit location in page table entry")->info, "51");
    EXPECT_EQ(find(report.platform, "Physical address bit reduction")->info, "6");
}

TEST(Probe, MissesSnpOfAProcessorWithItsCBitInAnotherPlaceThanTheImage) {
    auto fake = milan();
    fake.leaf(0x8000001f, 0, {.eax = 0x1f, .ebx = 0x1af, .ecx = 509, .edx = 100});
    auto const report = probe_snp(fake.machine());
    EXPECT_FALSE(report.available());
    EXPECT_FALSE(find(report.platform, "C-bit location in page table entry")->pass);
}

TEST(Probe, MissesSnpWhereTheKernelHasItOff) {
    auto fake = milan();
    fake.file("/sys/module/kvm_amd/parameters/sev_snp", "N\n");
    auto const report = probe_snp(fake.machine());
    EXPECT_FALSE(report.available());
    auto const* check = find(report.platform, "SEV-SNP is enabled in the kernel");
    ASSERT_NE(check, nullptr);
    EXPECT_FALSE(check->pass);
    EXPECT_FALSE(check->advice.empty());
}

TEST(Probe, MissesSnpOfAKernelThatOffersNoSuchMachines) {
    auto fake = milan();
    fake.answer(KVM_CHECK_EXTENSION, vm_types, 1);
    EXPECT_FALSE(probe_snp(fake.machine()).available());
}

// KVM says where the C-bit is that its guests have; CPUID may be that of a machine below.
TEST(Probe, BelievesKvmMoreThanCpuid) {
    auto fake = milan();
    fake.vendor("GenuineIntel");
    fake.leaf(0x8000001f, 0, {});
    EXPECT_FALSE(probe_snp(fake.machine()).available());
    fake.fill(kvm::get_supported_cpuid, [](unsigned long address) -> base::Result<int> {
        kvm_cpuid_entry2 entry{};
        entry.function = 0x8000001f;
        entry.ebx = 51;
        std::uint32_t const count = 1;
        std::memcpy(reinterpret_cast<void*>(address), &count, sizeof count);
        std::memcpy(reinterpret_cast<std::byte*>(address) + 8, &entry, sizeof entry);
        return 0;
    });
    EXPECT_TRUE(probe_snp(fake.machine()).available());
}

TEST(Probe, SaysHowManyKeepsAreFree) {
    auto fake = milan();
    EXPECT_EQ(find(probe_snp(fake.machine()).setup, "Keeps at a time")->info, "97 of 99 free");
    fake.file("/sys/fs/cgroup/misc.current", "sev_es 99\n");
    auto const full = probe_snp(fake.machine());
    EXPECT_TRUE(full.available());
    EXPECT_TRUE(full.configured());
    EXPECT_EQ(find(full.setup, "Keeps at a time")->info, "0 of 99 free; a guest has to end first");
    // A kernel that keeps no account: ASIDs below the first of another kind, less the firmware's
    // guests.
    fake.file("/sys/fs/cgroup/misc.capacity", "sev_es many\n");
    EXPECT_EQ(
        find(probe_snp(fake.machine()).setup, "Keeps at a time")->info,
        std::to_string(99 - good_status.guest_count) +
            " of 99 free, as processor and firmware count"
    );
    fake.leaf(0x8000001f, 0, {.eax = 0x1f, .ebx = 0x1b3});
    EXPECT_TRUE(probe_snp(fake.machine()).configured()); // who does not say is asked at the launch
}

TEST(Probe, MissesSnpOfFirmwareThatIsOldOrNotInitialised) {
    auto fake = milan();
    auto status = good_status;
    status.api_minor = 50;
    add_firmware(fake, status);
    EXPECT_FALSE(find(probe_snp(fake.machine()).platform, "It is 1.51 or later")->pass);
    status = good_status;
    status.state = 0;
    add_firmware(fake, status);
    EXPECT_FALSE(find(probe_snp(fake.machine()).platform, "It is initialised for SEV-SNP")->pass);
}

// What the firmware is, this user cannot be told: that is set-up, not what the host lacks.
TEST(Probe, HoldsASecureProcessorThatThisUserMayNotOpenForOneThatIsThere) {
    auto fake = milan();
    fake.fill(0xc010'5300, [](unsigned long) -> base::Result<int> {
        return std::unexpected(base::Errno::Access);
    });
    EXPECT_TRUE(probe_snp(fake.machine()).available());
    std::filesystem::remove(fake.machine().path("/dev/sev"));
    EXPECT_FALSE(probe_snp(fake.machine()).available());
}

TEST(Probe, FindsTdxAndSgxWhereEverythingIsThere) {
    auto const fake = ice_lake();
    auto const tdx = probe_tdx(fake.machine());
    EXPECT_TRUE(tdx.available() && tdx.configured());
    auto const sgx = probe_sgx(fake.machine());
    EXPECT_TRUE(sgx.available() && sgx.configured());
    EXPECT_EQ(find(sgx.platform, "Enclave page cache")->info, "4352 MiB");
    EXPECT_EQ(find(sgx.platform, "Largest enclave, 64-bit")->info, "0x100000000000000");
}

TEST(Probe, SgxIsAvailableButNotSetUpWithoutItsService) {
    FakeMachine const fake = ice_lake();
    auto machine = fake.machine();
    std::filesystem::remove(machine.path("/var/run/aesmd/aesm.socket"));
    auto const report = probe_sgx(machine);
    EXPECT_TRUE(report.available());
    EXPECT_FALSE(report.configured());
}

TEST(Probe, NoOthersHardwarePasses) {
    auto const amd = milan();
    EXPECT_FALSE(probe_tdx(amd.machine()).available());
    EXPECT_FALSE(probe_sgx(amd.machine()).available());
    auto const intel = ice_lake();
    EXPECT_FALSE(probe_snp(intel.machine()).available());
}

TEST(Probe, KvmNeedsItsDriverItsVersionAndTwoInstructions) {
    auto const good = milan();
    EXPECT_TRUE(probe_kvm(good.machine()).available());
    FakeMachine const empty;
    EXPECT_FALSE(probe_kvm(empty.machine()).available());
    auto old = milan();
    old.answer(KVM_GET_API_VERSION, 0, 11);
    EXPECT_FALSE(probe_kvm(old.machine()).available());
    auto plain = milan();
    plain.leaf(7, 0, {});
    EXPECT_FALSE(probe_kvm(plain.machine()).available());
}

TEST(Kvm, SaysWhetherLandlockHoldsItsProcessToDirectories) {
    FakeMachine fake;
    add_kvm(fake, 1);
    auto const told = [&] { return find(probe_kvm(fake.machine()).platform, "Landlock")->info; };
    EXPECT_TRUE(told().starts_with("no: a Keep gets no directory of the host")) << told();
    fake.landlock(1);
    EXPECT_TRUE(told().contains("cannot be moved from one folder to another")) << told();
    fake.landlock(2);
    EXPECT_TRUE(told().contains("can empty files of a read-only one")) << told();
    EXPECT_FALSE(told().contains("cannot be moved")) << told();
    fake.landlock(7);
    EXPECT_EQ(told(), "version 7: holds a Keep's process to the directories that it is given");
}

TEST(Kvm, ShowsWhichWayTheShimRunsAndWhetherMemoryCanBeSealed) {
    auto fake = milan();
    fake.leaf(0x80000001, 0, {.ecx = 1U << 2});
    auto report = probe_kvm(fake.machine());
    EXPECT_TRUE(find(report.platform, "Shim")->info.starts_with("kvm"));
    EXPECT_TRUE(find(report.platform, "Sealed memory")->info.starts_with("no"));
    EXPECT_TRUE(report.available());

    auto nested = milan();
    nested.answer(KVM_CHECK_EXTENSION, 244, 3);
    report = probe_kvm(nested.machine());
    EXPECT_TRUE(find(report.platform, "Shim")->info.starts_with("deprivileged"));
    EXPECT_EQ(find(report.platform, "Sealed memory")->info, "yes");
}

TEST(Probe, RealMachineIsReadWithoutHarm) {
    auto const machine = Machine::real();
    EXPECT_FALSE(machine.vendor().empty());
    for (auto const& probe : {probe_kvm, probe_snp, probe_tdx, probe_sgx})
        EXPECT_FALSE(probe(machine).platform.empty());
}

} // namespace
