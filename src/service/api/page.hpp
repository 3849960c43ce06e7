#pragma once

// The service as a page that people read, without scripts.

#include "service/api/decisions.hpp"

#include <string>
#include <vector>

namespace service {

struct PageContents {
    std::string name;
    std::string checkpoint;
    std::string verifier_key;
    std::vector<Decision> decisions; // the latest first
};

std::string page_text(PageContents const& contents);

// Text that stands for itself in HTML, in quotes too.
std::string escaped(std::string_view text);

} // namespace service
