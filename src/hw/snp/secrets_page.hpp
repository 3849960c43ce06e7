#pragma once

// Secrets page: what the secure processor leaves in a guest's memory at its launch, before all else
// the keys by which the two talk later. SEV-SNP firmware ABI 1.58, 8.17.2.5.

#include "base/wire.hpp"

#include <cstddef>

namespace hw::snp {

// A VM platform communication key (VMPCK): AES-256-GCM, one for each VMPL.
using MessageKey = base::Bytes<32>;

struct SecretsPage {
    base::U32 version;                        // 0x000
    base::U32 flags;                          // 0x004  bit 0: an initial migration image
    base::U32 family_model_stepping;          // 0x008
    base::Bytes<4> reserved_00c;              // 0x00c
    base::Bytes<16> gosvw;                    // 0x010
    std::array<MessageKey, 4> keys;           // 0x020
    base::Bytes<96> guest_os;                 // 0x0a0  the guest's own
    base::Bytes<64> vmsa_tweak_bitmap;        // 0x100
    base::Bytes<32> guest_svsm;               // 0x140  the guest's own
    base::U32 tsc_factor;                     // 0x160
    base::Bytes<0x1000 - 0x164> reserved_164; // 0x164
};
static_assert(base::Wire<SecretsPage> && sizeof(SecretsPage) == 0x1000);
static_assert(offsetof(SecretsPage, keys) == 0x020);
static_assert(offsetof(SecretsPage, vmsa_tweak_bitmap) == 0x100);
static_assert(offsetof(SecretsPage, tsc_factor) == 0x160);

} // namespace hw::snp
