// PVALIDATE and RMPADJUST (APM volume 3). Operands are found as a load's would be; nothing here may
// own memory while they are, as a fault does not come back.
#include "base/counts.hpp"
#include "base/log.hpp"
#include "base/rules.hpp"
#include "kvm/memory.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"
#include "snp/guest.hpp"
#include "snp/hostile.hpp"

namespace model::snp {

namespace {

enum Result : std::uint8_t { Success = 0, FailInput = 1, FailPermission = 2, FailSizeMismatch = 6 };
constexpr std::size_t length = 4; // of both instructions

bool starts_with(std::span<std::byte const> bytes, std::array<std::uint8_t, 4> const& opcode) {
    if (bytes.size() < opcode.size()) return false;
    for (std::size_t i = 0; i < opcode.size(); ++i)
        if (bytes[i] != std::byte{opcode.at(i)}) return false;
    return true;
}

// The reverse map's entry behind a machine's address; null: it is shared memory's.
Entry* entry_behind(engine::Physical at) {
    auto* const memory = kvm::GuestMemory::of(at);
    return memory == nullptr ? nullptr : &memory->entry(page_of(at - memory->base()));
}

} // namespace

std::optional<engine::Answer>
Guest::instruction(kvm::Vcpu& vcpu, engine::Cpu& cpu, std::span<std::byte const> bytes) {
    bool const pvalidate = starts_with(bytes, {0xf2, 0x0f, 0x01, 0xff});
    bool const rmpadjust = starts_with(bytes, {0xf3, 0x0f, 0x01, 0xfe});
    if (!pvalidate && !rmpadjust) return std::nullopt;
    if (cpu.privilege() != 0) return engine::Answer::fault(GeneralProtection, 0);
    return pvalidate ? validate(vcpu, cpu) : adjust(vcpu, cpu);
}

engine::Answer Guest::validate(kvm::Vcpu& vcpu, engine::Cpu& cpu) {
    auto const linear = cpu.general(engine::Rax);
    bool const wanted = (cpu.general(engine::Rdx) & 1) != 0;
    bool const large = (cpu.general(engine::Rcx) & 1) != 0;
    auto& validating = state(vcpu).validating;
    validating = true;
    auto const at = cpu.operand(linear);
    validating = false;
    cpu.flush(); // the operand's translation was another access'
    auto* const mine = entry_behind(at);
    auto& rax = cpu.general(engine::Rax);
    if (mine == nullptr || linear % page_size != 0) {
        rax = FailInput;
        return engine::Answer::next(length);
    }
    if (large) { // guest_memfd gives pages of 4 KiB alone
        rax = FailSizeMismatch;
        return engine::Answer::next(length);
    }
    if (auto const said = Hostile::own().validates(vcpu)) {
        rax = said->status;
        cpu.set_carry(said->carry);
        return engine::Answer::next(length);
    }
    bool const same = mine->validated == wanted;
    mine->validated = wanted;
    if (!same) count(wanted ? Count::Validated : Count::Rescinded);
    cpu.set_carry(broken(Rule::ValidateFlag) || same);
    rax = Success;
    vm_.flush();
    return engine::Answer::next(length);
}

engine::Answer Guest::adjust(kvm::Vcpu& vcpu, engine::Cpu& cpu) {
    auto const linear = cpu.general(engine::Rax);
    auto const operand = cpu.general(engine::Rdx);
    bool const large = (cpu.general(engine::Rcx) & 1) != 0;
    auto const at = cpu.operand(linear);
    auto* const mine = entry_behind(at);
    auto const level = operand & 0xff; // of the page around that address: OVMF names one inside it
    auto& rax = cpu.general(engine::Rax);
    if (mine == nullptr || level > 3)
        rax = FailInput;
    else if (level == 0 || broken(Rule::AdjustAllowed)) // one's own level
        rax = FailPermission;
    else if (large)
        rax = FailSizeMismatch;
    else {
        mine->rights.at(level) = static_cast<std::uint8_t>(operand >> 8);
        mine->vmsa = (operand >> 16 & 1) != 0;
        rax = Success;
        vm_.flush();
    }
    cpu.set_zero(rax == Success);
    static_cast<void>(vcpu);
    return engine::Answer::next(length);
}

} // namespace model::snp
