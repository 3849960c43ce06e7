#pragma once

// What a folder may lend to an application: files, directories and a few devices. The devices
// are made of nothing but bytes, keep none of what is written and lead nowhere. Every other one has
// a state or a reach that whoever handed the folder in has hardly meant to give away; opening it,
// or a pipe, may already do something.

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

inline bool lent(struct ::stat const& status) {
    return S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) || harmless_device(status);
}

} // namespace os
