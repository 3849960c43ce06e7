// Every access of an SNP guest: which memory the C-bit takes, and what the reverse map says (APM
// volume 2, 15.36.10).
#include "base/counts.hpp"
#include "base/log.hpp"
#include "base/rules.hpp"
#include "kvm/memory.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/view.hpp"
#include "kvm/vm.hpp"
#include "snp/guest.hpp"
#include "snp/hostile.hpp"

#include <cerrno>

namespace model::snp {

namespace {

constexpr std::uint32_t nested_page_fault = 0x400; // #VC: a device's memory
constexpr std::uint32_t not_validated = 0x404;     // #VC: the reverse map's entry says so

} // namespace

std::optional<engine::Physical> Guest::translate(
    kvm::Vcpu& vcpu,
    engine::Cpu& cpu,
    std::uint64_t at,
    engine::Access access,
    bool table,
    engine::Answer& answer
) {
    // Page tables and code are private whatever their entry says; without paging everything is.
    bool const always_private = table || access == engine::Access::Execute || !cpu.paging();
    bool const is_private = always_private || (at & c_bit) != 0 ||
                            (broken(Rule::CBit) && entry(at) != nullptr && entry(at)->assigned);
    at &= ~c_bit;
    if (is_private) return private_access(vcpu, at, access == engine::Access::Write, table, answer);
    auto const* const slot = vm_.memory().find(at);
    if (slot == nullptr) {
        answer = engine::Answer::fault(VmmCommunication, nested_page_fault);
        return std::nullopt;
    }
    if (slot->guest && vm_.memory().is_private(at) && !broken(Rule::AttributeDecides)) {
        vcpu.exit_memory_fault(at, false);
        answer = engine::Answer::leave();
        return std::nullopt;
    }
    if (vm_.memory().shared_page(at, access == engine::Access::Write) == nullptr) {
        vcpu.exit_memory_fault(at, false);
        answer = engine::Answer::leave();
        return std::nullopt;
    }
    if (access == engine::Access::Write) kvm::View::own().may_write(vm_.memory(), page_of(at));
    return at;
}

std::optional<engine::Physical> Guest::private_access(
    kvm::Vcpu& vcpu, std::uint64_t at, bool write, bool table, engine::Answer& answer
) {
    auto const* const slot = vm_.memory().find(at);
    auto* const mine = entry(at);
    bool const fresh = mine != nullptr && !mine->assigned;
    bool const usable = mine != nullptr &&
                        (vm_.memory().is_private(at) || broken(Rule::AttributeDecides)) &&
                        assign(at) && !(mine->vmsa && write);
    if (fresh) {
        count(Count::Faults);
        Hostile::own().answered_by_kernel();
    }
    if (!usable) {
        bool const no_memory = fresh && !mine->assigned && vm_.memory().is_private(at);
        vcpu.exit_memory_fault(at, true, no_memory ? -ENOMEM : -EFAULT);
        answer = engine::Answer::leave();
        return std::nullopt;
    }
    bool const asks = state(vcpu).validating && !table;
    if (!mine->validated && !asks && !broken(Rule::Validation)) {
        log_step(
            "tee-model: #VC 0x404: page %#lx is not validated, rip %#lx\n", at, vcpu.cpu().rip()
        );
        answer = engine::Answer::fault(VmmCommunication, not_validated);
        return std::nullopt;
    }
    return slot->guest->base() + slot->guest_offset + (at - slot->at);
}

} // namespace model::snp
