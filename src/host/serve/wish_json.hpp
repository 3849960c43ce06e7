#pragma once

// The API's JSON: what a customer asks for, and what it is told.

#include "host/serve/keep.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace host::serve {

// The error says what is wrong with the text.
base::Result<KeepWish, std::string> parse_wish(std::string_view json);

std::string keep_json(Keep const& keep);
std::string keeps_json(std::vector<Keep const*> const& keeps);

} // namespace host::serve
