#pragma once

// Distinguished names: compared as bytes, shown as text.

#include "base/view.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace crypto {

// The one commonName of a Name in DER; nothing if there is none, more than one, or it is no text.
std::optional<std::string_view> common_name(base::View name);

// All of a Name in DER in the form of RFC 4514 ("CN=SEV-Milan,O=..."), last part first; of a
// malformed one what can be read.
std::string name_text(base::View name);

} // namespace crypto
