#pragma once

// The owner's word on a guest: ID block and ID authentication information, SEV-SNP firmware ABI
// 1.58, 8.18 (SNP_LAUNCH_FINISH), tables 75 and 76, and the key format of chapter 10.

#include "base/wire.hpp"
#include "hw/snp/attestation_report.hpp"

#include <cstddef>

namespace hw::snp {

// Chapter 10, ECDSA public key; little-endian numbers.
inline constexpr std::uint32_t curve_p384 = 2;
struct EcdsaPublicKey {
    base::U32 curve;               // 0x000
    base::Bytes<72> qx;            // 0x004
    base::Bytes<72> qy;            // 0x04c
    base::Bytes<880> reserved_094; // 0x094  zero
};
static_assert(base::Wire<EcdsaPublicKey> && sizeof(EcdsaPublicKey) == 0x404);
static_assert(offsetof(EcdsaPublicKey, qy) == 0x4c);

// Table 75.
struct IdBlock {
    base::Bytes<48> launch_digest; // 0x00
    base::Bytes<16> family_id;     // 0x30
    base::Bytes<16> image_id;      // 0x40
    base::U32 version;             // 0x50  1
    base::U32 guest_svn;           // 0x54
    base::U64 policy;              // 0x58
};
static_assert(base::Wire<IdBlock> && sizeof(IdBlock) == 0x60);
static_assert(offsetof(IdBlock, version) == 0x50);
static_assert(offsetof(IdBlock, policy) == 0x58);

// Table 76.
struct IdAuth {
    base::U32 id_key_algo;         // 0x000
    base::U32 author_key_algo;     // 0x004
    base::Bytes<56> reserved_008;  // 0x008  zero
    Signature id_block_signature;  // 0x040  of the ID block, by the ID key
    EcdsaPublicKey id_key;         // 0x240
    base::Bytes<60> reserved_644;  // 0x644  zero
    Signature id_key_signature;    // 0x680  of id_key, by the author key
    EcdsaPublicKey author_key;     // 0x880
    base::Bytes<892> reserved_c84; // 0xc84  zero
};
static_assert(base::Wire<IdAuth> && sizeof(IdAuth) == 0x1000);
static_assert(offsetof(IdAuth, id_block_signature) == 0x040);
static_assert(offsetof(IdAuth, id_key) == 0x240);
static_assert(offsetof(IdAuth, id_key_signature) == 0x680);
static_assert(offsetof(IdAuth, author_key) == 0x880);

// What Enarx keeps apart from the author's key, so that releases can be signed without it: the last
// two fields of an IdAuth.
struct IdKeyEndorsement {
    Signature id_key_signature; // 0x000
    EcdsaPublicKey author_key;  // 0x200
};
static_assert(base::Wire<IdKeyEndorsement> && sizeof(IdKeyEndorsement) == 0x604);
static_assert(offsetof(IdKeyEndorsement, author_key) == 0x200);

} // namespace hw::snp
