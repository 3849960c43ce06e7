#pragma once

// Fields of a form or of a query, as browsers encode them (application/x-www-form-urlencoded).

#include <optional>
#include <string>
#include <string_view>

namespace voting {

// The value of a field; nothing where it is missing, stands there twice or is badly encoded.
std::optional<std::string> form_field(std::string_view form, std::string_view name);

} // namespace voting
