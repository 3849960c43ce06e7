#pragma once

// KVM's interface to SEV-SNP: Linux 7.3, arch/x86/include/uapi/asm/kvm.h and
// Documentation/virt/kvm/x86/amd-memory-encryption.rst. The same in 6.12; Debian 12's headers are
// older.

#include <array>
#include <cstddef>
#include <cstdint>

namespace host::vmm::snp {

inline constexpr unsigned long machine_type = 4; // KVM_X86_SNP_VM
inline constexpr unsigned long memory_encrypt = 0xc008'aeba;
inline constexpr unsigned long set_memory_attributes = 0x4020'aed2;
inline constexpr std::uint64_t attribute_private = 1 << 3;

enum class Command : std::uint32_t {
    Init2 = 22,
    LaunchStart = 100,
    LaunchUpdate = 101,
    LaunchFinish = 102
};

struct Call {
    Command command;
    std::uint32_t padding = 0;
    std::uint64_t data = 0;
    std::uint32_t firmware_status = 0; // out
    std::uint32_t firmware = 0;        // an open /dev/sev
};
static_assert(sizeof(Call) == 24);

struct Init2 {
    std::uint64_t vmsa_features = 0;
    std::uint32_t flags = 0;
    std::uint16_t ghcb_version = 0;
    std::uint16_t padding = 0;
    std::array<std::uint32_t, 8> reserved{};
};
static_assert(sizeof(Init2) == 48);

struct LaunchStart {
    std::uint64_t policy = 0;
    std::array<std::byte, 16> guest_os_workarounds{};
    std::uint16_t flags = 0;
    std::array<std::byte, 6> padding{};
    std::array<std::uint64_t, 4> reserved{};
};
static_assert(sizeof(LaunchStart) == 64);

struct LaunchUpdate {
    std::uint64_t first_page = 0; // number of the guest's page
    std::uint64_t source = 0;     // address in this process, on a page
    std::uint64_t size = 0;       // KVM counts it down
    std::uint8_t type = 0;
    std::uint8_t padding = 0;
    std::uint16_t flags = 0;
    std::uint32_t padding2 = 0;
    std::array<std::uint64_t, 4> reserved{};
};
static_assert(sizeof(LaunchUpdate) == 64 && offsetof(LaunchUpdate, type) == 24);

struct LaunchFinish {
    std::uint64_t id_block = 0;
    std::uint64_t id_auth = 0;
    std::uint8_t has_id_block = 0;
    std::uint8_t has_author_key = 0;
    std::uint8_t vcek_disabled = 0;
    std::array<std::byte, 32> host_data{};
    std::array<std::byte, 3> padding{};
    std::uint16_t flags = 0;
    std::array<std::uint64_t, 4> reserved{};
};
static_assert(sizeof(LaunchFinish) == 88 && offsetof(LaunchFinish, host_data) == 19);
static_assert(offsetof(LaunchFinish, flags) == 54);

struct MemoryAttributes {
    std::uint64_t address = 0;
    std::uint64_t size = 0;
    std::uint64_t attributes = 0;
    std::uint64_t flags = 0;
};
static_assert(sizeof(MemoryAttributes) == 32);

// KVM_PRE_FAULT_MEMORY of a vCPU: as a touch of each page, without running it.
inline constexpr unsigned long pre_fault_memory = 0xc040'aed5;
struct PreFault {
    std::uint64_t address = 0; // KVM counts on ...
    std::uint64_t size = 0;    // ... and down
    std::uint64_t flags = 0;
    std::array<std::uint64_t, 5> padding{};
};
static_assert(sizeof(PreFault) == 64);

// In kvm_run, with KVM_RUN itself failing with EFAULT or EHWPOISON.
inline constexpr std::uint32_t exit_memory_fault = 39;
inline constexpr std::uint64_t memory_fault_private = 1 << 3;
struct MemoryFault {
    std::uint64_t flags = 0;
    std::uint64_t gpa = 0;
    std::uint64_t size = 0;
};
inline constexpr std::uint32_t event_sev_termination = 6; // of KVM_EXIT_SYSTEM_EVENT

// What the secure processor says of a command: SEV-SNP firmware ABI 1.58, table 5; psp-sev.h.
enum class FirmwareStatus : std::uint32_t {
    InvalidPlatformState = 0x01,
    InvalidConfiguration = 0x03,
    PolicyFailure = 0x07,
    BadSignature = 0x0a,
    BadMeasurement = 0x0b,
    UnsafePlatform = 0x14,
    Unsupported = 0x15,
    InvalidParameter = 0x16,
    ResourceLimit = 0x17,
    InvalidPageState = 0x1a,
    RmpInitRequired = 0x20,
    ShutdownRequired = 0x23,
};

} // namespace host::vmm::snp
