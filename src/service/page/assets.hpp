#pragma once

// What pages load besides: built in, the same for everybody.

#include <string_view>

namespace service {

std::string_view page_style(); // text/css
std::string_view page_icon();  // image/svg+xml

} // namespace service
