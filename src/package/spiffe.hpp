#pragma once

// Names of Keeps in their certificates: SPIFFE IDs, and patterns of them.

#include <string_view>

namespace package {

// spiffe://TRUST-DOMAIN/PATH; with a slash at its end it stands for all below it.
bool is_spiffe_pattern(std::string_view text);

} // namespace package
