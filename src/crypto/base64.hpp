#pragma once

// Base64 with one spelling for each value: no white space, padding as the alphabet wants it, unused
// bits zero.

#include "base/view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crypto {

// RFC 4648, 4: with padding.
std::optional<std::vector<std::byte>> decode_base64(std::string_view text);
// RFC 4648, 5: the URL alphabet, without padding, as JOSE writes it.
std::optional<std::vector<std::byte>> decode_base64url(std::string_view text);

std::string encode_base64(base::View bytes);
std::string encode_base64url(base::View bytes);

} // namespace crypto
