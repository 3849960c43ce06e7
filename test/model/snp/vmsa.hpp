// The save area of a processor (APM volume 2, appendix B, table B-4) as KVM builds it from its
// registers.
#pragma once
#include "base/pages.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace model::kvm {
class Vcpu;
} // namespace model::kvm

namespace model::snp {

using VmsaPage = std::array<std::byte, page_size>;

VmsaPage vmsa_of(kvm::Vcpu&, std::uint64_t features);
/// A processor starts from here.
void start_from(kvm::Vcpu&, std::span<std::byte const> vmsa);

} // namespace model::snp
