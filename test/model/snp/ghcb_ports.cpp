// Ports and device memory of an SNP guest, by its GHCB.
#include "base/bytes.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"
#include "snp/ghcb_events.hpp"

#include <algorithm>
#include <cstring>

namespace model::snp {

namespace {

constexpr std::uint64_t apic_page = 0xfee0'0000;
constexpr std::uint64_t io_in = 1;
constexpr std::uint64_t io_string = 4;
constexpr std::size_t most_mmio = 8;

// A string: its elements lie in the scratch area, one exit for all of them.
bool string_ports(kvm::Vcpu& vcpu, Ghcb const& ghcb) {
    auto const info = ghcb[ExitInfo1];
    auto const size = info >> 4 & 7;
    auto const count = ghcb[ExitInfo2];
    if (size == 0 || count == 0) return false;
    if (count > page_size / size) return ghcb.refuse(Malformed::InvalidInput), false;
    auto* const scratch = ghcb.scratch(size * count);
    if (scratch == nullptr) return ghcb.refuse(Malformed::ScratchArea), false;
    vcpu.exit_io(info, 0, [](std::uint64_t) {});
    auto& run = vcpu.run_page();
    run.io.count = static_cast<std::uint32_t>(count);
    auto* const data =
        reinterpret_cast<std::byte*>(&run) + run.io.data_offset; // Safety: where user space looks
    if ((info & io_in) == 0)
        std::memcpy(data, scratch, size * count);
    else
        vcpu.then([scratch, data, bytes = size * count] { std::memcpy(scratch, data, bytes); });
    return true;
}

} // namespace

bool ports(kvm::Vcpu& vcpu, Ghcb const& ghcb) {
    auto const info = ghcb[ExitInfo1];
    if ((info >> 4 & 7) == 0) return false;
    if ((info & io_string) != 0) return string_ports(vcpu, ghcb);
    auto const size = info >> 4 & 7;
    auto const mask = (1ULL << size * 8) - 1;
    if ((info & io_in) == 0 &&
        vcpu.vm().interrupts().stored(true, info >> 16 & 0xffff, ghcb[Rax] & mask, size))
        return false;
    vcpu.exit_io(info, ghcb[Rax] & mask, [ghcb](std::uint64_t value) { ghcb.answer(Rax, value); });
    return true;
}

bool device_memory(kvm::Vcpu& vcpu, Ghcb const& ghcb, bool store) {
    auto const at = ghcb[ExitInfo1];
    auto const size = ghcb[ExitInfo2];
    if (size == 0) return false;
    if (size > most_mmio) return ghcb.refuse(Malformed::InvalidInput), false;
    auto* const scratch = ghcb.scratch(size);
    if (scratch == nullptr) return ghcb.refuse(Malformed::ScratchArea), false;
    if (vcpu.vm().local_apics() && page_of(at) == apic_page) {
        std::uint32_t value = 0;
        if (store) std::memcpy(&value, scratch, std::min<std::size_t>(size, sizeof value));
        auto const offset = static_cast<std::uint32_t>(at - apic_page);
        if (store)
            vcpu.apic().write(offset, value);
        else {
            value = vcpu.apic().read(offset);
            std::memcpy(scratch, &value, std::min<std::size_t>(size, sizeof value));
        }
        return false;
    }
    if (store) {
        std::uint64_t value = 0;
        std::memcpy(&value, scratch, size);
        if (vcpu.vm().interrupts().stored(false, at, value, size)) return false;
    }
    auto& mmio = vcpu.run_page().mmio;
    mmio.phys_addr = at;
    mmio.len = static_cast<std::uint32_t>(size);
    mmio.is_write = store ? 1 : 0;
    if (store)
        std::memcpy(mmio.data, scratch, size);
    else
        vcpu.then([&vcpu, scratch, size] {
            std::memcpy(scratch, vcpu.run_page().mmio.data, size);
        });
    vcpu.exit(KVM_EXIT_MMIO);
    return true;
}

} // namespace model::snp
