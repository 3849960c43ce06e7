#pragma once

// The descriptors that a program starts with. What it opens itself closes on exec, so whatever does
// not is not its own.

namespace os {

// Opens /dev/null where 0, 1 or 2 is closed, so that no other file gets its number. Above 1023 a
// program inherits none.
void secure_descriptors();

// Closes what whoever started this program left open, beside 0, 1 and 2. Until then arguments may
// name it (/dev/fd/63).
void close_inherited();

} // namespace os
