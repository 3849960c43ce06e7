#pragma once

// Measurements that were taken before of files that have not changed since: a Keep's start then
// does not read the whole of exec once more. Nobody vouches for a measurement without hardware
// beyond the host that reads these files, so a record that this user alone can write to is as good
// as the reading. docs/adr/0036-measured-once.md.

#include "crypto/digest.hpp"
#include "host/vmm/plan/supply.hpp"
#include "os/folder.hpp"
#include "protocol/evidence/evidence.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace host::vmm {

class Remembered {
public:
    // `folder`: this user's alone. `name`: of the one file in it that is read and replaced here.
    Remembered(os::Folder folder, std::string name)
        : folder_{std::move(folder)}, name_{std::move(name)} {}

    // As host::vmm::measure does, which is asked where nothing is remembered. `now`: since 1970.
    os::OrFailure<protocol::evidence::Measurement> measure(
        std::span<Region const> regions, Supply const& supply, std::chrono::nanoseconds now
    ) const;

private:
    std::optional<protocol::evidence::Measurement> find(crypto::Sha256Digest const& of) const;
    // What goes wrong costs the next start its time.
    void keep(crypto::Sha256Digest const& of, protocol::evidence::Measurement const& found) const;

    os::Folder folder_;
    std::string name_;
};

} // namespace host::vmm
