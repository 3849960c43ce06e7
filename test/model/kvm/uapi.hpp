// What Linux 6.8 to 7.3 have added to <linux/kvm.h> of Debian 12: numbers and structures, from the
// kernels' own headers.
#pragma once
#include <array>
#include <cstdint>

#include <linux/kvm.h>
#include <sys/ioctl.h>

namespace model::kvm {

enum VmType : std::uint8_t {
    DefaultVm = 0,
    ProtectedSoftwareVm = 1,
    SevVm = 2,
    SevEsVm = 3,
    SnpVm = 4,
    TdxVm = 5
};

constexpr unsigned cap_user_memory2 = 231;
constexpr unsigned cap_memory_fault_info = 232;
constexpr unsigned cap_memory_attributes = 233;
constexpr unsigned cap_guest_memfd = 234;
constexpr unsigned cap_vm_types = 235;
constexpr unsigned cap_pre_fault_memory = 236;

constexpr std::uint32_t mem_guest_memfd = 1U << 2;
constexpr std::uint64_t attribute_private = 1U << 3;

struct UserMemoryRegion2 {
    std::uint32_t slot;
    std::uint32_t flags;
    std::uint64_t guest_phys_addr;
    std::uint64_t memory_size;
    std::uint64_t userspace_addr;
    std::uint64_t guest_memfd_offset;
    std::uint32_t guest_memfd;
    std::uint32_t pad1;
    std::array<std::uint64_t, 14> pad2;
};
static_assert(sizeof(UserMemoryRegion2) == 160);

struct MemoryAttributes {
    std::uint64_t address;
    std::uint64_t size;
    std::uint64_t attributes;
    std::uint64_t flags;
};

struct CreateGuestMemfd {
    std::uint64_t size;
    std::uint64_t flags;
    std::array<std::uint64_t, 6> reserved;
};

struct PreFaultMemory {
    std::uint64_t gpa;
    std::uint64_t size;
    std::uint64_t flags;
    std::array<std::uint64_t, 5> padding;
};

constexpr unsigned set_user_memory_region2 = _IOW(KVMIO, 0x49, UserMemoryRegion2);
constexpr unsigned set_memory_attributes = _IOW(KVMIO, 0xd2, MemoryAttributes);
constexpr unsigned create_guest_memfd = _IOWR(KVMIO, 0xd4, CreateGuestMemfd);
constexpr unsigned pre_fault_memory = _IOWR(KVMIO, 0xd5, PreFaultMemory);

constexpr std::uint32_t exit_memory_fault_reason = 39;
constexpr std::uint64_t memory_exit_private = 1U << 3;
struct MemoryFault { // of kvm_run
    std::uint64_t flags;
    std::uint64_t gpa;
    std::uint64_t size;
};

constexpr std::uint32_t exit_snp_req_certs = 43;
struct SnpReqCerts { // of kvm_run
    std::uint64_t gpa;
    std::uint64_t npages;
    std::uint64_t ret;
};

constexpr std::uint32_t system_event_sev_term = 6;
constexpr std::uint64_t hypercall_map_gpa_range = 12;

// KVM_MEMORY_ENCRYPT_OP of SNP (arch/x86/include/uapi/asm/kvm.h).
enum SevCommand : std::uint32_t {
    SevInit2 = 22,
    SnpLaunchStart = 100,
    SnpLaunchUpdate = 101,
    SnpLaunchFinish = 102,
    SnpEnableReqCerts = 103
};
struct SevCall {
    std::uint32_t id;
    std::uint32_t pad0;
    std::uint64_t data;
    std::uint32_t error;
    std::uint32_t sev_fd;
};
struct SevInit {
    std::uint64_t vmsa_features;
    std::uint32_t flags;
    std::uint16_t ghcb_version;
    std::uint16_t pad1;
    std::array<std::uint32_t, 8> pad2;
};
struct LaunchStart {
    std::uint64_t policy;
    std::array<std::uint8_t, 16> gosvw;
    std::uint16_t flags;
    std::array<std::uint8_t, 6> pad0;
    std::array<std::uint64_t, 4> pad1;
};
struct LaunchUpdate {
    std::uint64_t gfn_start;
    std::uint64_t uaddr;
    std::uint64_t len;
    std::uint8_t type;
    std::uint8_t pad0;
    std::uint16_t flags;
    std::uint32_t pad1;
    std::array<std::uint64_t, 4> pad2;
};
struct LaunchFinish {
    std::uint64_t id_block_uaddr;
    std::uint64_t id_auth_uaddr;
    std::uint8_t id_block_en;
    std::uint8_t auth_key_en;
    std::uint8_t vcek_disabled;
    std::array<std::uint8_t, 32> host_data;
    std::array<std::uint8_t, 3> pad0;
    std::uint16_t flags;
    std::array<std::uint64_t, 4> pad1;
};
static_assert(
    sizeof(SevCall) == 24 && sizeof(SevInit) == 48 && sizeof(LaunchStart) == 64 &&
    sizeof(LaunchUpdate) == 64 && sizeof(LaunchFinish) == 88
);
enum PageType : std::uint8_t {
    NormalPage = 1,
    VmsaPage = 2,
    ZeroPage = 3,
    UnmeasuredPage = 4,
    SecretsPage = 5,
    CpuidPage = 6
};

// Attributes of /dev/kvm, group 1.
constexpr std::uint32_t group_sev = 1;
constexpr std::uint64_t sev_vmsa_features = 0;
constexpr std::uint64_t snp_policy_bits = 1;
constexpr std::uint64_t snp_req_certs = 2;

} // namespace model::kvm
