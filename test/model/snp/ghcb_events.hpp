// What a GHCB page can ask of KVM. Functions say whether user space is to be asked before the guest
// goes on.
#pragma once
#include "snp/ghcb.hpp"

#include <cstdint>

namespace model::kvm {
class Vcpu;
} // namespace model::kvm

namespace model::snp {

class Guest;

bool page_event(Guest&, kvm::Vcpu&, std::uint64_t ghcb);
/// Exit to user space with KVM_HC_MAP_GPA_RANGE.
void ask_for_range(kvm::Vcpu&, std::uint64_t at, std::uint64_t pages, bool wants_private);
/// Exit to user space with KVM_SYSTEM_EVENT_SEV_TERM.
void end_guest(kvm::Vcpu&, std::uint64_t reason);

bool ports(kvm::Vcpu&, Ghcb const&);
bool device_memory(kvm::Vcpu&, Ghcb const&, bool store);
bool change_pages(Guest&, kvm::Vcpu&, Ghcb const&);
void guest_request(Guest&, Ghcb const&);
bool extended_guest_request(Guest&, kvm::Vcpu&, Ghcb const&);
void create_processor(Guest&, Ghcb const&);

} // namespace model::snp
