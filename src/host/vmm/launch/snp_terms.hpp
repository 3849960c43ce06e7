#pragma once

// What the owner of an SEV-SNP Keep says of its launch. It is in the report; in the measurement is
// the counter alone.

#include "hw/snp/id_block.hpp"

#include <array>
#include <optional>

namespace host::vmm::snp {

inline constexpr std::uint64_t usual_policy = 0x3'0000; // bit 17 is always 1; bit 16: with SMT

struct LaunchTerms {
    std::uint64_t policy = usual_policy;
    std::array<std::byte, 32> host_data{};
    struct Identity {
        hw::snp::IdBlock block;
        hw::snp::IdAuth auth;
    };
    std::optional<Identity> identity = {};
    bool secure_tsc = false; // the counter is the processor's
};

} // namespace host::vmm::snp
