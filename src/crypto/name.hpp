#pragma once

// Distinguished names: compared as bytes, shown as text.

#include "base/view.hpp"
#include "crypto/der.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace crypto {

// Takes a Name (RFC 5280, 4.1.2.4): RDNs of attributes, each a type and a value. `what`: which
// name, for messages. The value: its bytes.
base::Result<base::View, Malformed> read_name(DerReader& in, std::string_view what);

// The one commonName of a Name in DER; nothing if there is none, more than one, or it is no text.
std::optional<std::string_view> common_name(base::View name);

// All of a Name in DER in the form of RFC 4514 ("CN=SEV-Milan,O=..."), last part first; of a
// malformed one what can be read.
std::string name_text(base::View name);

} // namespace crypto
