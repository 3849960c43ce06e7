#pragma once

// What a relying party may ask of an SEV-SNP report beyond the rules that need no value.

#include "attest/snp/microcode_floor.hpp"
#include "base/wire.hpp"

#include <optional>
#include <string>
#include <vector>

namespace attest::snp {

// The lowest firmware per product that `strict` accepts: our choice, from AMD's bulletins; a policy
// file sets others. AMD names no floor for boot loader, TEE and FMC.
struct Floors {
    // AMD-SB-3016 of 2026-04-14: SNP 1Bh, which also has RMP initialization (CVE-2025-0033) mended.
    hw::snp::Tcb milan{.snp = 0x1b};
    hw::snp::Tcb genoa{.snp = 0x1b};
    // AMD-SB-3020: RMP initialization.
    hw::snp::Tcb turin{.snp = 0x04};

    friend bool operator==(Floors const&, Floors const&) = default;

    // A microcode of 0 stands for the floor of the processor's stepping (microcode_floor.hpp).
    hw::snp::Tcb of(hw::snp::Product product, hw::snp::AttestationReport const& report) const {
        auto out = product == hw::snp::Product::Milan   ? milan
                   : product == hw::snp::Product::Genoa ? genoa
                                                        : turin;
        if (out.microcode == 0) out.microcode = microcode_floor(product, report);
        return out;
    }
};

// Each list or value that is set turns its rule on; an empty list allows nothing.
struct Limits {
    Floors floors;
    std::uint32_t vmpl = 0; // the least privileged level that may have asked
    std::optional<std::uint32_t> guest_svn;
    std::optional<base::Bytes<16>> family_id;
    std::optional<base::Bytes<16>> image_id;
    std::optional<base::Bytes<32>> host_data;
    std::optional<std::vector<base::Bytes<48>>> id_key_digests;
    std::optional<std::vector<base::Bytes<48>>> author_key_digests;
    std::optional<std::vector<base::Bytes<64>>> chip_ids;
    std::optional<std::vector<std::string>> csp_ids;

    friend bool operator==(Limits const&, Limits const&) = default;
};

} // namespace attest::snp
