#pragma once

// Whether bytes are UTF-8, as WASI asks of every path.

#include <string_view>

namespace exec::wasi {

// The Unicode Standard, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
bool utf8(std::string_view text);

} // namespace exec::wasi
