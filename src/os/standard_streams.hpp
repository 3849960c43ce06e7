#pragma once

// The descriptors that a program starts with.

namespace os {

// Opens /dev/null where 0, 1 or 2 is closed, so that no other file gets its number, and sets all
// others to close on exec.
void secure_descriptors();

} // namespace os
