#pragma once

// Serial numbers as tools print them.

#include "attest/text.hpp"

namespace attest::inspect {

// Hexadecimal without leading zeros, of the content of an INTEGER.
inline std::string serial_text(base::View serial) {
    auto text = hex(serial);
    if (text.empty()) return "0";
    text.erase(0, std::min(text.find_first_not_of('0'), text.size() - 1));
    return text;
}

} // namespace attest::inspect
