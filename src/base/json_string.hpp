#pragma once

// Text as a JSON string.

#include <string>
#include <string_view>

namespace base {

// With its quotation marks. Bytes that are no UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

} // namespace base
