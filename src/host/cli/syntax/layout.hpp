#pragma once

// Text that fits a terminal of 80 columns.

#include <cstddef>
#include <string>
#include <string_view>

namespace host::cli {

inline constexpr std::size_t columns = 80;

// Breaks at spaces; each line begins with `indent` spaces. Empty lines part paragraphs; a line that
// begins with a space stays as it is.
std::string wrap(std::string_view text, std::size_t indent);

// `left` in its column, `text` wrapped beside it, or below it if `left` is too long.
std::string two_columns(std::string_view left, std::string_view text, std::size_t width);

} // namespace host::cli
