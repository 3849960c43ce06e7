#pragma once

// A folder held open, whose files are reached by their names in it and by nothing else: no link is
// followed, and what is in use stays what it was if somebody exchanges it meanwhile. For caches.

#include "base/result.hpp"
#include "os/fd.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace os {

class Folder {
public:
    explicit Folder(Fd descriptor) : descriptor_{std::move(descriptor)} {}

    // A folder of this user which nobody else can look into or write to. Errno::Perm: it is not.
    static base::Result<Folder> own(Fd descriptor);

    // All names are of one part.
    base::Result<Folder> own_folder(std::string const& name) const; // made if it is not there
    // A file of this user which nobody else may read or write. Errno::Perm: it is not.
    base::Result<Fd> own_file(std::string const& name) const;
    // As long as the file is open, nobody else has it by this call.
    base::Result<Fd> lock(std::string const& name) const;
    // The parts, one behind the other, as the file of that name: whole or not at all, mode 0600,
    // instead of one that is there. Errno::Already: another process is writing it.
    base::Result<void>
    write(std::string const& name, std::span<std::span<std::byte const> const> parts) const;
    void remove(std::string const& name) const;

    Fd const& descriptor() const { return descriptor_; }

private:
    base::Result<Fd> open(std::string const& name, int flags, unsigned mode = 0) const;
    base::Result<Fd> begin(std::string const& name) const;

    Fd descriptor_;
};

} // namespace os
