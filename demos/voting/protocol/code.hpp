#pragma once

// One-time codes: 16 characters of Crockford's alphabet, 80 random bits, as people type them.

#include "voting/protocol/transcript.hpp"

#include <optional>

namespace voting {

inline constexpr std::string_view code_alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
inline constexpr std::size_t code_length = 16;

enum class CodeKind : std::uint8_t { Voter, Official };

// A code in its one spelling: upper case, without spaces and dashes, O read as 0, I and L as 1.
std::optional<std::string> normalised_code(std::string_view typed);

// As it is printed: four groups of four.
std::string printed_code(std::string_view normalised);

// What the Keep is given instead of the code: it can recognise a code, and cannot invent one.
Digest code_digest(CodeKind kind, base::View salt, std::string_view normalised);

} // namespace voting
