#pragma once

// What a running Keep's process asks of KVM, by kind of machine. No other request passes the
// filter.

#include "host/vmm/backend/kvm/ioctl.hpp"

#include <algorithm>
#include <array>

namespace host::vmm::kvm {

template <std::size_t A, std::size_t B>
consteval std::array<unsigned long, A + B>
joined(std::array<unsigned long, A> const& first, std::array<unsigned long, B> const& second) {
    std::array<unsigned long, A + B> out{};
    std::ranges::copy(second, std::ranges::copy(first, out.begin()).out);
    return out;
}

inline constexpr std::array requests_to_run{
    static_cast<unsigned long>(KVM_RUN),
    static_cast<unsigned long>(KVM_INTERRUPT), // Call::Kick
};

// A new thread of the program gets a vCPU. None of these reads registers.
inline constexpr std::array requests_for_threads{
    static_cast<unsigned long>(KVM_CREATE_VCPU),
    static_cast<unsigned long>(KVM_SET_MP_STATE),
    static_cast<unsigned long>(KVM_SET_XCRS),
    set_cpuid2,
    set_msrs,
};

inline constexpr auto requests_of_plain = joined(
    joined(requests_to_run, requests_for_threads),
    std::array{static_cast<unsigned long>(KVM_SET_USER_MEMORY_REGION)} // more memory
);
inline constexpr auto requests_of_sealed = joined(
    joined(requests_to_run, requests_for_threads),
    std::array{set_memory_region2, create_guest_memory}
);

} // namespace host::vmm::kvm
