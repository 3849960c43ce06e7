#pragma once

// Whether two byte strings are equal, in a time that does not tell where they differ.

#include "base/view.hpp"

namespace crypto {

bool equal_in_constant_time(base::View a, base::View b); // sizes are no secret

} // namespace crypto
