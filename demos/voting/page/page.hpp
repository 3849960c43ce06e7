#pragma once

// The page that the Keep serves: three files, part of the program and so of what is measured.

#include <string_view>

namespace voting {

struct PagePart {
    std::string_view path;
    std::string_view type;
    std::string_view text;
};

// The part with this path, or null.
PagePart const* page_part(std::string_view path);

} // namespace voting
