// What a Linux kernel finds at its 64-bit entry as an SNP guest (Documentation/arch/x86/boot.rst):
// boot parameters, a blob that names the secrets and CPUID pages, page tables with the C-bit, ACPI
// tables that name the processors.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace model::vmm {

constexpr std::uint64_t page_tables_at = 0x1000;
constexpr std::uint64_t descriptors_at = 0x8000;
constexpr std::uint64_t boot_parameters_at = 0x10000;
constexpr std::uint64_t command_line_at = 0x20000;
constexpr std::uint64_t blob_at = 0x30000;
constexpr std::uint64_t secrets_at = 0x32000;
constexpr std::uint64_t cpuid_at = 0x33000;
constexpr std::uint64_t tables_at = 0x40000; // ACPI's
constexpr std::uint64_t low_end = 0x50000;
constexpr std::uint64_t kernel_at = 0x100'0000;

struct Boot {
    std::span<std::byte const> kernel; // a bzImage
    std::span<std::byte const> initrd;
    std::string command_line;
    std::uint64_t memory_size = 0;
    unsigned processors = 1;
};

struct Loaded {
    std::vector<std::byte> low;    // from address 0 to low_end
    std::vector<std::byte> kernel; // from kernel_at on, whole pages
    std::vector<std::byte> initrd; // from initrd_at on, whole pages
    std::uint64_t initrd_at = 0;
};

Loaded load_linux(Boot const&);
constexpr std::uint64_t entry_offset = 0x200; // of the 64-bit entry in the kernel

} // namespace model::vmm
