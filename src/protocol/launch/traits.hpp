#pragma once

// What a shim tells its program about the Keep: an entry of the auxiliary vector. The shim is what
// is measured; the host has no word in it.

#include <cstdint>

namespace protocol::launch {

inline constexpr std::uint64_t traits_entry = 0x454e'5831; // "1XNE", no number of Linux

// Of an image that holds its program to a digest: whoever believes its measurement believes that
// all code in the Keep is that program's, or was compiled by it. It takes none from elsewhere;
// where hardware gives it a key for that (code_key.hpp), what an equal Keep has compiled and
// sealed.
inline constexpr std::uint64_t own_code_only = 1;

// AMD's secure processor signs reports of this Keep (protocol/evidence/purpose.hpp).
inline constexpr std::uint64_t vouched_by_snp = 2;

} // namespace protocol::launch
