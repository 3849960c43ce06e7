#pragma once

// What the engine compiled before, as files in a folder of the user's own.
//
// An artefact is native code and its engine believes it, so the folder must be this user's and
// nobody else's. A file holds
//
//     0x00  magic   "ENXARTE1"
//     0x08  length  u64, of the artefact
//     0x10  key     32 bytes, of the artefact
//     0x30  digest  SHA-256 of the artefact
//     0x50  the artefact
//
// and appears under its name at once and whole; whatever is not exactly that counts as absent.

#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "os/fd.hpp"
#include "os/read_file.hpp"

#include <optional>
#include <span>
#include <string>

namespace exec {

class ArtefactCache {
public:
    using Key = crypto::Sha256Digest;

    // Takes the open folder. Errno::Perm: it is not a folder of this user with mode 0700.
    static base::Result<ArtefactCache> open(os::Fd folder);

    struct Artefact {
        os::FileBytes file;
        std::span<std::byte const> bytes() const;
    };
    std::optional<Artefact> find(Key const& key) const;

    // Errno::Already: another process is writing this very one.
    base::Result<void> store(Key const& key, std::span<std::byte const> artefact) const;

private:
    explicit ArtefactCache(os::Fd folder) : folder_{std::move(folder)} {}

    base::Result<os::Fd> begin(std::string const& name) const;

    os::Fd folder_;
};

} // namespace exec
