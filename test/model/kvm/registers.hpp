// The engine's registers in the words of KVM's structures.
#pragma once
#include "engine/cpu.hpp"

#include <linux/kvm.h>

namespace model::kvm {

kvm_regs general_of(engine::Registers const&);
kvm_sregs special_of(engine::Registers const&);
void set_general(engine::Registers&, kvm_regs const&);
void set_special(engine::Registers&, kvm_sregs const&);

} // namespace model::kvm
