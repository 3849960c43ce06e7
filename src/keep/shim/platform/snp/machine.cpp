// The rest of an SEV-SNP guest: what is checked before anything is believed, and the processor.

#include "keep/shim/platform/machine.hpp"

#include "hw/snp/secrets_page.hpp"
#include "keep/shim/platform/cpu_area.hpp"
#include "keep/shim/platform/ring0.hpp"
#include "keep/shim/platform/snp/cpuid.hpp"
#include "keep/shim/platform/snp/ghcb.hpp"
#include "keep/shim/platform/snp/reports.hpp"
#include "keep/shim/snp/counter.hpp"
#include "keep/shim/snp/ghcb_protocol.hpp"

namespace shim {

namespace {

using protocol::launch::snp::most_cpus;
using protocol::launch::snp::Termination;

// entry.S: how many vCPUs have come, and page tables of those that may go on.
extern "C" std::uint64_t arrivals;
extern "C" std::uint64_t cpu_roots[most_cpus];

constinit snp::CpuidTable table;

// AMD64 APM volume 3, appendix E: CPUID leaves 1, 7, 8000001F.
constexpr std::uint32_t ecx_xsave = 1U << 26;
constexpr std::uint32_t ecx_rdrand = 1U << 30;
constexpr std::uint32_t ebx_fsgsbase = 1U << 0;
constexpr std::uint32_t ebx_smep = 1U << 7;
constexpr std::uint32_t ebx_smap = 1U << 20;
constexpr std::uint32_t ebx_c_bit = 0x3f;

// Of those that the host does not answer: they are not intercepted.
std::uint64_t register_of(std::uint32_t number) {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return low | std::uint64_t{high} << 32;
}

std::uint64_t status() { return register_of(hw::snp::status_msr); }

} // namespace

namespace snp {

CpuidTable const& cpuid_table() { return table; }

std::uint64_t enabled_state() {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low | std::uint64_t{high} << 32;
}

void take_cpuid() {
    hw::PhysAddr const at{protocol::launch::snp::cpuid_address};
    // Safety: a page of the Keep's own that the launch has filled; the window maps it.
    if (!table.take(*reinterpret_cast<hw::snp::CpuidPage const*>(physical(at))))
        end(Termination::CpuidPage);
    if ((table.entry(0x8000'001f, 0).ebx & ebx_c_bit) != protocol::launch::snp::c_bit)
        end(Termination::CBit);
    // The firmware refuses what the processor has not, never what the host hides: guard_program()
    // would go on without. Every processor with SEV-SNP has all of these.
    constexpr auto first = ecx_xsave | ecx_rdrand;
    constexpr auto more = ebx_fsgsbase | ebx_smep | ebx_smap;
    if ((table.entry(1, 0).ecx & first) != first || (table.entry(7, 0).ebx & more) != more)
        end(Termination::CpuidPage);
    // Measured, as all registers at the start; of more than this the page would have the say.
    if (!fixed_state(enabled_state())) end(Termination::CpuidPage);
}

} // namespace snp

void Machine::begin() {
    if (cpu() == 0) {
        if (!snp::known_status(status())) snp::end(Termination::NoSnp);
        snp::take_message_key();
        snp::take_cpuid();
        snp::negotiate();
    }
    snp::register_ghcb();
    guard_program();
}

Cpuid Machine::cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
    return table.entry(leaf, subleaf);
}

// Scale and offset are in each vCPU's VMSA, where the processor has put them at the launch.
std::optional<std::uint64_t> Machine::own_tsc_khz() {
    if ((status() & hw::snp::status_secure_tsc) == 0) return {};
    hw::PhysAddr const at{protocol::launch::snp::secrets_address};
    // Safety: a page of the Keep's own that the launch has filled; the window maps it.
    auto const& secrets = *reinterpret_cast<hw::snp::SecretsPage const*>(physical(at));
    return snp::mean_khz(register_of(hw::snp::guest_tsc_frequency_msr), secrets.tsc_factor);
}

void Machine::flush() {
    asm volatile("mov %0,%%cr3" : : "r"(root().raw() | own_page()) : "memory");
}

bool Machine::others_remember() { return true; }
void Machine::end_kick() {} // by KVM_INTERRUPT: there is no interrupt controller

// They are counted as they come. So that both sides have the same numbers, nobody asks for another
// one before this one has come; a host that runs it late costs itself that time.
void Machine::let_in(unsigned index, hw::PhysAddr root) {
    __atomic_store_n(&cpu_roots[index], root.raw() | own_page(), __ATOMIC_RELEASE);
    while (__atomic_load_n(&arrivals, __ATOMIC_RELAXED) <= index) relax();
}

} // namespace shim
