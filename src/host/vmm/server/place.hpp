#pragma once

// Where a path of a host call leads: by openat2 alone, so that no other system call follows a link
// or a slash.

#include "host/vmm/server/handles.hpp"
#include "host/vmm/server/path_words.hpp"

#include <string>

#include <sys/stat.h>

namespace host::vmm {

base::Result<Handles::Open>
open_in(PathWords& words, Handles::Open const& folder, std::string const& path, int flags);

// What lies there; of a symbolic link, the link.
base::Result<mode_t> type_of(Handles::Open const& file);

// The folder in which a path's last part lies, held open, and that part: one name of that folder.
struct Place {
    Handles::Open folder;
    std::string name;
    bool slash = false; // slashes followed it: only a directory will do

    // No call changes such a name: Linux refuses each for a reason of its own, without looking.
    bool dots() const { return name == "." || name == ".."; }
    // XDev: the way to the last part leads out of `folder`.
    static base::Result<Place>
    find(PathWords& words, Handles::Open const& folder, std::string const& path);
    // What lies there.
    base::Result<mode_t> type(PathWords& words) const;
};

} // namespace host::vmm
