#pragma once

// This machine, as far as probing looks at it. A test hands in another one.

#include "base/result.hpp"
#include "host/vmm/probe/cpuid.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace host::vmm {

struct Machine {
    // All zeros for a leaf that the processor does not have.
    std::function<CpuId(std::uint32_t leaf, std::uint32_t subleaf)> cpuid;
    // Stands before every path: "" for this machine.
    std::string root;
    // An ioctl with a number for an argument, on the device of that path.
    std::function<
        base::Result<int>(std::string const& path, unsigned long request, unsigned long argument)>
        ask;
    std::function<int()> landlock; // version of the kernel's interface; 0: none

    static Machine real();

    std::string vendor() const; // "AuthenticAMD", "GenuineIntel", ...
    std::string brand() const;  // "AMD EPYC 7763 64-Core Processor"
    base::Result<void>
    access(std::string_view path, int mode) const; // R_OK, W_OK, F_OK of access(2)
    std::string text_of(
        std::string_view path
    ) const; // up to 4 KiB without the last newline; empty: not readable
    std::string path(std::string_view path) const { return root + std::string{path}; }
};

} // namespace host::vmm
