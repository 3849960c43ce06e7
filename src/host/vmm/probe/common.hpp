#pragma once

// Checks that several backends share.

#include "host/vmm/probe/check.hpp"
#include "host/vmm/probe/machine.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace host::vmm {

// The processor's name; passes if it is of that vendor. `title` is how the vendor is called.
Check check_vendor(Machine const& machine, std::string_view vendor, std::string_view title);

// A bit of a CPUID register. `advice` only shows where it does not pass.
Check check_bit(std::string name, std::uint32_t value, unsigned bit, std::string advice = {});

// /dev/kvm, its API version and, if `vm_type` is one, that kind of virtual machine.
Check check_kvm(Machine const& machine, int vm_type = -1, std::string_view type_advice = {});

// Whether this user may read and write a device.
Check check_device_access(Machine const& machine, std::string_view device, std::string_view group);

// A module parameter of the kernel that must be "Y" or "1".
Check check_parameter(
    Machine const& machine, std::string name, std::string_view path, std::string advice
);

// A file that must be there.
Check check_file(
    Machine const& machine, std::string name, std::string_view path, std::string advice
);

std::string hexadecimal(std::uint64_t value); // "0x1f"

} // namespace host::vmm
