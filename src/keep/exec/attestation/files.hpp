#pragma once

// What lies in /dev/attestation.

#include "keep/exec/attestation/directory.hpp"

#include <span>
#include <string_view>

namespace exec::attestation {

enum class Name : std::uint8_t { Kind, UserData, Evidence, Certificate };

struct Listed {
    std::string_view text;
    Name name;
};

// The files that are there.
std::span<Listed const> listed(Attester const& attester);

// The contents as they are now. Access, Io: no hardware answers any more.
vfs::Result<std::vector<std::byte>> contents(Attester const& attester, Name name);

vfs::Stat stat_file(Mounted const& mounted, Name name);

// Errno::Access: to be written, but only user data are.
vfs::Result<std::unique_ptr<vfs::File>>
open_file(Mounted const& mounted, Name name, vfs::OpenHow how);

} // namespace exec::attestation
