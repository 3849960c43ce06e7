#pragma once

// The attester as files: /dev/attestation (docs/attestation.md, What an application binds).

#include "keep/exec/attestation/attester.hpp"
#include "keep/exec/vfs/file_system.hpp"

#include <cstdint>
#include <memory>

namespace exec::attestation {

struct Mounted {
    std::shared_ptr<Attester> attester;
    std::uint64_t device = 0;  // Stat::device
    std::uint64_t made_ns = 0; // all times, since 1970
};

// Its four files, or three where there is no certificate, can be opened and no others made. One
// call at a time.
std::unique_ptr<vfs::Directory> make_directory(Mounted mounted);

} // namespace exec::attestation
