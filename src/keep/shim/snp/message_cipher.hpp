#pragma once

// AES-256-GCM (NIST SP 800-38D) as guest messages use it: nonces of 12 bytes, whole tags. Keys and
// plaintexts never decide what is executed or which address is read.
//
// AES and GHASH are AWS-LC's, by two objects that need no other part of the library: AES by vector
// permutations (vpaes, SSSE3) and GHASH by carry-less multiplication (PCLMULQDQ), which every
// processor with SEV-SNP has. So only the mode around them is written here.

#include "base/view.hpp"
#include "base/wire.hpp"

namespace shim::snp {

using CipherKey = base::Bytes<32>;
using Nonce = base::Bytes<12>;
using Tag = base::Bytes<16>;

// Makes `text` ciphertext. No nonce may come twice with one key, but with the same bytes.
Tag seal(
    CipherKey const& key, Nonce const& nonce, base::View associated, std::span<std::byte> text
);

// Makes `text` plaintext. False: it was not sealed so, and `text` is zero.
bool open(
    CipherKey const& key,
    Nonce const& nonce,
    base::View associated,
    std::span<std::byte> text,
    Tag const& tag
);

// Zeros that the compiler does not leave out.
void wipe(std::span<std::byte> bytes);

} // namespace shim::snp
