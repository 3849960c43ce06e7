#include "host/vmm/backend/snp/cpuid.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace host::vmm::snp {

namespace {

constexpr std::uint32_t most_entries = 256; // KVM_MAX_CPUID_ENTRIES
constexpr std::uint32_t extended_state = 0xd;

// struct kvm_cpuid2, with room for entries.
class Buffer {
public:
    explicit Buffer(std::uint32_t count) : bytes_(8 + count * sizeof(kvm_cpuid_entry2)) {
        std::memcpy(bytes_.data(), &count, sizeof count);
    }

    void* data() { return bytes_.data(); }
    std::byte* entries() { return bytes_.data() + 8; }
    std::uint32_t count() const {
        std::uint32_t count = 0;
        std::memcpy(&count, bytes_.data(), sizeof count);
        return count;
    }

private:
    std::vector<std::byte> bytes_;
};

// AMD64 Architecture Programmer's Manual, volume 3, appendix E. Bits that KVM emulates or offers
// whatever the processor has, and speculation controls, which a guest does not have.
struct Hidden {
    std::uint32_t leaf;
    std::uint32_t subleaf;
    std::uint32_t eax;
    std::uint32_t ebx;
    std::uint32_t ecx;
    std::uint32_t edx;
};
constexpr std::array hidden{
    Hidden{.leaf = 1, .subleaf = 0, .eax = 0, .ebx = 0, .ecx = 1U << 24, .edx = 0}, // TSC deadline
    Hidden{.leaf = 7, .subleaf = 0, .eax = 0, .ebx = 1U << 1, .ecx = 0, .edx = 0xfc00'0000},
    Hidden{.leaf = 0x8000'0008, .subleaf = 0, .eax = 0, .ebx = 1U << 25, .ecx = 0, .edx = 0},
    Hidden{.leaf = 0x8000'0021, .subleaf = 0, .eax = 1U << 9, .ebx = 0, .ecx = ~0U, .edx = 0},
};

bool of_hypervisor(kvm_cpuid_entry2 const& entry) { return entry.function >> 28 == 4; }

// Sizes depend on what a guest turns on: the page has them for x87 and SSE alone, from which, and
// from the other sub-leaves, the guest computes its own.
bool base_of_extended_state(kvm_cpuid_entry2 const& entry) {
    return entry.function == extended_state && entry.index <= 1;
}

} // namespace

base::Result<CpuidTable> supported_cpuid(os::Fd const& kvm) {
    Buffer buffer{most_entries};
    TRY(kvm::control(kvm, kvm::get_supported_cpuid, buffer.data()));
    CpuidTable table(std::min(buffer.count(), most_entries));
    std::memcpy(table.data(), buffer.entries(), table.size() * sizeof(kvm_cpuid_entry2));
    return table;
}

CpuidTable for_guest(CpuidTable table) {
    std::erase_if(table, of_hypervisor);
    for (auto& entry : table)
        for (auto const& bits : hidden) {
            if (entry.function != bits.leaf || entry.index != bits.subleaf) continue;
            entry.eax &= ~bits.eax;
            entry.ebx &= ~bits.ebx;
            entry.ecx &= ~bits.ecx;
            entry.edx &= ~bits.edx;
        }
    return table;
}

base::Result<hw::snp::CpuidPage> page_of(CpuidTable const& table) {
    constexpr std::uint32_t size_of_x87_and_sse = 0x240;
    hw::snp::CpuidPage page{};
    if (table.size() > page.functions.size()) return std::unexpected(base::Errno::TooBig);
    page.count = static_cast<std::uint32_t>(table.size());
    std::ranges::transform(table, page.functions.begin(), [](kvm_cpuid_entry2 const& entry) {
        bool const base = base_of_extended_state(entry);
        return hw::snp::CpuidFunction{
            .eax_in = entry.function,
            .ecx_in = entry.index,
            .xcr0_in = base ? 1U : 0U,
            .xss_in = 0U,
            .eax = entry.eax,
            .ebx = base ? size_of_x87_and_sse : entry.ebx,
            .ecx = entry.ecx,
            .edx = entry.edx,
            .reserved28 = 0U
        };
    });
    return page;
}

base::Result<void> set_cpuid(os::Fd const& cpu, CpuidTable const& table) {
    Buffer buffer{static_cast<std::uint32_t>(table.size())};
    std::memcpy(buffer.entries(), table.data(), table.size() * sizeof(kvm_cpuid_entry2));
    TRY(kvm::control(cpu, kvm::set_cpuid2, buffer.data()));
    return {};
}

} // namespace host::vmm::snp
