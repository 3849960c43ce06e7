#pragma once

// The digests that evidence names: what runs, and how it was started.

#include "base/view.hpp"
#include "keep/exec/vfs/file_system.hpp"
#include "keep/exec/workload/application.hpp"
#include "keep/exec/workload/mounts.hpp"
#include "keep/exec/workload/start.hpp"

namespace exec {

struct Digests {
    protocol::evidence::Digest workload;
    protocol::evidence::Digest configuration;
};

os::OrFailure<Digests>
digests(Application const& application, PlannedStart const& start, Mounts& mounts);

// `package`: the files that the application has of its package; null if it has none.
base::Result<protocol::evidence::Digest>
workload_digest(base::View application, vfs::Directory* package);

// Both, as `enarx run --digests` prints them.
std::string digests_text(Digests const& digests);

} // namespace exec
