#pragma once

// KVM's system calls as Results. Some request numbers are spelled out: where a struct ends in a
// flexible array, C++ computes a size for it that the kernel refuses.

#include "base/result.hpp"
#include "os/check.hpp"
#include "os/fd.hpp"

#include <cstdint>

#include <linux/kvm.h>
#include <sys/ioctl.h>

namespace host::vmm::kvm {

inline constexpr unsigned long get_supported_cpuid = 0xc008'ae05;
inline constexpr unsigned long set_cpuid2 = 0x4008'ae90;
inline constexpr unsigned long set_msrs = 0x4008'ae89;
// Newer than Debian 12's headers.
inline constexpr unsigned long create_guest_memory = 0xc040'aed4;
inline constexpr unsigned long set_memory_region2 = 0x40a0'ae49;

template <class T>
base::Result<int> control(os::Fd const& file, unsigned long request, T argument) {
    return os::check(::ioctl(file.number(), request, argument));
}

inline base::Result<int> control(os::Fd const& file, unsigned long request) {
    return control(file, request, 0UL);
}

} // namespace host::vmm::kvm
