#pragma once

// Names of the host that are not UTF-8, as an application sees them.
//
// Linux's names are bytes, WASI's are UTF-8. So each byte that does not belong to a character is
// shown as a character of its own: byte 0x80 + n as U+F780 + n, for private use. Where a name holds
// such a character already, its three bytes are shown so. Each name has one spelling and each
// spelling means one name: what a listing shows can be opened, moved and removed.

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace exec::vfs::host {

std::string shown(std::string_view bytes);

// The host's bytes for what an application says; in `room` where they differ. IlSeq: a spelling
// that shown() never gives.
base::Result<std::string_view> meant(std::string_view text, std::string& room);

} // namespace exec::vfs::host
