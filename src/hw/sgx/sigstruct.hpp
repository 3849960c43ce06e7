#pragma once

// SIGSTRUCT: an enclave's measurement and attributes, signed by its author. Intel SDM volume 3D,
// 38.13, table 38-19.

#include "base/wire.hpp"
#include "hw/sgx/report.hpp"

#include <cstddef>

namespace hw::sgx {

inline constexpr std::size_t rsa_3072_bytes = 384;

inline constexpr base::Bytes<16> sigstruct_header{
    std::byte{0x06}, {}, {}, {}, std::byte{0xe1}, {}, {}, {}, {}, {}, std::byte{0x01}
};
inline constexpr base::Bytes<16> sigstruct_header2{
    std::byte{0x01},
    std::byte{0x01},
    {},
    {},
    std::byte{0x60},
    {},
    {},
    {},
    std::byte{0x60},
    {},
    {},
    {},
    std::byte{0x01}
};

// Bytes 0 to 127: signed.
struct SigstructAuthor {
    base::Bytes<16> header;       // 0x000
    base::U32 vendor;             // 0x010  0x8086: Intel; 0: others
    base::U32 date;               // 0x014  yyyymmdd, a decimal digit in 4 bits
    base::Bytes<16> header2;      // 0x018
    base::U32 sw_defined;         // 0x028
    base::Bytes<84> reserved_02c; // 0x02c  zero
};
static_assert(base::Wire<SigstructAuthor> && sizeof(SigstructAuthor) == 0x80);
static_assert(offsetof(SigstructAuthor, header2) == 0x18);

// Bytes 900 to 1027: signed.
struct SigstructBody {
    base::U32 misc_select;           // 0x384 of SIGSTRUCT
    base::U32 misc_mask;             // 0x388
    std::uint8_t cet_attributes;     // 0x38c
    std::uint8_t cet_mask;           // 0x38d
    base::Bytes<2> reserved_38e;     // 0x38e  zero
    base::Bytes<16> isv_family_id;   // 0x390
    Attributes attributes;           // 0x3a0
    Attributes attribute_mask;       // 0x3b0
    base::Bytes<32> enclave_hash;    // 0x3c0  MRENCLAVE
    base::Bytes<16> reserved_3e0;    // 0x3e0  zero
    base::Bytes<16> isv_ext_prod_id; // 0x3f0
    base::U16 isv_prod_id;           // 0x400
    base::U16 isv_svn;               // 0x402
};
static_assert(base::Wire<SigstructBody> && sizeof(SigstructBody) == 0x80);
static_assert(offsetof(SigstructBody, attributes) == 0x1c);
static_assert(offsetof(SigstructBody, enclave_hash) == 0x3c);
static_assert(offsetof(SigstructBody, isv_prod_id) == 0x7c);

struct Sigstruct {
    SigstructAuthor author;                // 0x000
    base::Bytes<rsa_3072_bytes> modulus;   // 0x080  little-endian
    base::U32 exponent;                    // 0x200  3
    base::Bytes<rsa_3072_bytes> signature; // 0x204  little-endian
    SigstructBody body;                    // 0x384
    base::Bytes<12> reserved_404;          // 0x404  zero
    base::Bytes<rsa_3072_bytes> q1;        // 0x410  floor(signature^2 / modulus)
    base::Bytes<rsa_3072_bytes> q2;        // 0x590  floor((signature^3 - q1*signature*m) / m)
};
static_assert(base::Wire<Sigstruct> && sizeof(Sigstruct) == 0x710);
static_assert(offsetof(Sigstruct, modulus) == 0x80);
static_assert(offsetof(Sigstruct, signature) == 0x204);
static_assert(offsetof(Sigstruct, body) == 0x384);
static_assert(offsetof(Sigstruct, q1) == 0x410);
static_assert(offsetof(Sigstruct, q2) == 0x590);

} // namespace hw::sgx
