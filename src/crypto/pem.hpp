#pragma once

// PEM blocks (RFC 7468), read strictly: lines of base64 and nothing between the blocks but empty
// lines.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace crypto {

struct PemBlock {
    std::string_view label; // points into the text, as in BEGIN label
    std::vector<std::byte> der;
    std::size_t offset = 0; // of its BEGIN line
};

bool looks_like_pem(base::View text);

// All blocks of `text`, at least one.
base::Result<std::vector<PemBlock>, Malformed> parse_pem(base::View text);

// One block, in lines of 64 characters.
std::string write_pem(std::string_view label, base::View der);

} // namespace crypto
