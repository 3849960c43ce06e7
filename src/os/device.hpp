#pragma once

// The devices that a folder may lend to an application: each is made of nothing but bytes, keeps
// none of what is written and leads nowhere. Every other device has a state or a reach that whoever
// handed the folder in has hardly meant to give away.

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace os {

inline bool harmless_device(struct ::stat const& status) {
    constexpr unsigned memory_devices = 1; // Documentation/admin-guide/devices.txt
    if (!S_ISCHR(status.st_mode) || ::major(status.st_rdev) != memory_devices) return false;
    switch (::minor(status.st_rdev)) {
    case 3: // null
    case 5: // zero
    case 7: // full
    case 8: // random
    case 9: // urandom
        return true;
    default:
        return false;
    }
}

} // namespace os
