// The launch digest (AMD 56860, 8.17.2): a chain over pages, each with its contents' hash, type and
// guest-physical address.
#pragma once
#include "firmware/crypto.hpp"

#include <cstdint>
#include <span>

namespace model::firmware {

enum class PageType : std::uint8_t {
    Normal = 1,
    Vmsa = 2,
    Zero = 3,
    Unmeasured = 4,
    Secrets = 5,
    Cpuid = 6
};
/// Where VMSAs are measured.
constexpr std::uint64_t vmsa_address = 0xffff'ffff'f000;

class LaunchDigest {
public:
    void extend(PageType, std::uint64_t guest_physical, std::span<std::byte const> contents);
    Sha384 const& value() const { return current_; }

private:
    Sha384 current_{};
};

} // namespace model::firmware
