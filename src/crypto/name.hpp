#pragma once

// Distinguished names: compared as bytes, shown as text.

#include "base/view.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace crypto {

// The one commonName of a Name in DER; nothing if there is none, more than one, or it is no text.
std::optional<std::string_view> common_name(base::View name);

} // namespace crypto
