#pragma once

// Bytes that are written as text: hexadecimal or base64 of either alphabet, with or without padding
// and line ends.

#include "base/view.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace attest::wrapped {

struct Spelt {
    std::vector<std::byte> bytes;
    std::string_view how; // "hexadecimal" or "base64"
};

// Nothing for any other text, and for one too short to be more than a word.
std::optional<Spelt> decode(std::string_view text);

// Each PEM block of a text, from its BEGIN to its END, whatever is explained around them (RFC 7468,
// 2); empty where there is none.
std::vector<std::string_view> pem_blocks(std::string_view text);

} // namespace attest::wrapped
