#pragma once

// What a relying party may ask of an SEV-SNP report beyond the rules that need no value.

#include "base/wire.hpp"
#include "hw/snp/tcb.hpp"

#include <optional>
#include <string>
#include <vector>

namespace attest::snp {

// The lowest firmware per product that `strict` accepts.
struct Floors {
    // AMD-SB-3015 (BadRAM) and AMD-SB-3019 (EntrySign): the levels of the firmware that mitigates
    // both.
    hw::snp::Tcb milan{.boot_loader = 4, .snp = 24, .microcode = 219};
    hw::snp::Tcb genoa{.boot_loader = 10, .snp = 23, .microcode = 84};
    hw::snp::Tcb turin{.boot_loader = 1, .snp = 2, .microcode = 71};

    hw::snp::Tcb const& of(hw::snp::Product product) const {
        switch (product) {
        case hw::snp::Product::Milan:
            return milan;
        case hw::snp::Product::Genoa:
            return genoa;
        case hw::snp::Product::Turin:
            break;
        }
        return turin;
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
};

} // namespace attest::snp
