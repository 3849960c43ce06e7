#pragma once

// Text of unknown origin, made fit to be shown: what a terminal would obey becomes a question mark.

#include <string>
#include <string_view>

namespace base {

// Without control characters (U+0000 to U+001F, U+007F to U+009F), marks that turn the direction of
// writing, line and paragraph separators, and bytes that are not UTF-8.
std::string printable(std::string_view text);

} // namespace base
