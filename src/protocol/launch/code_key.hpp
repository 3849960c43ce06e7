#pragma once

// The key under which a Keep's program seals the code that it has compiled, for the next start of
// the same application in the same Keep (docs/adr/0037-sealed-code.md).
//
// It is the secure processor's, derived for this measurement and policy on this chip at its
// committed firmware; the shim mixes in these words and what the code is made from, so it opens
// nothing else. It is given once: exec asks, or gives that up, before it reads what others may have
// written, and nothing that takes exec over later gets it.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace protocol::launch {

inline constexpr std::string_view code_key_words = "enarx/v1/code-key";
inline constexpr std::size_t code_key_size = 32;
// What the code is made from: a SHA-256.
inline constexpr std::size_t code_origin_size = 32;

// A system call of the shim, as report_call (protocol/evidence/purpose.hpp): address of the origin,
// or 0 to give it up; address of the room for the key. Its answer is 0.
//   ENOSYS  no hardware has a key for this Keep
//   EACCES  asked before, given up, or the secure processor can no longer be asked
//   ENODEV  the processor has none to give: its owner has masked it, or taken VCEKs out of use
//   EIO     it did not answer as it should, and will not be asked again
inline constexpr std::uint64_t code_key_call = 401;

} // namespace protocol::launch
