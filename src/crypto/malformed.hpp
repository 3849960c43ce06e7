#pragma once

// Why bytes are not what they claim to be, and where.

#include <cstddef>
#include <string_view>

namespace crypto {

struct Malformed {
    std::string_view what;  // a literal: what was expected there
    std::size_t offset = 0; // from the start of the bytes that were given
};

} // namespace crypto
