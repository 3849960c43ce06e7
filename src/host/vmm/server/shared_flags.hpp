#pragma once

// Status flags of files that a Keep has in common with others: its standard streams are those of
// whoever started it. What the Keep sets there holds for its own calls; the open file itself, and
// so the caller's terminal, stays as it is.

#include "host/vmm/server/handles.hpp"

#include <cstddef>
#include <functional>
#include <span>

#include <sys/types.h>

namespace host::vmm::shared_flags {

void begin(Handles::File& file); // from now on the Keep's flags are apart from the file's
bool apart(Handles::File const& file);
int status(Handles::File const& file, int own); // F_GETFL, where the file's own say `own`
void set(Handles::File& file, int wanted);      // F_SETFL
void set_nonblocking(Handles::File& file, bool on);

base::Result<std::uint64_t> read(Handles::File const& file, std::span<std::byte> to);
base::Result<std::uint64_t> write(Handles::File const& file, std::span<std::byte> from);

// Any other call that waits for `events`, by the Keep's flags: `step` makes it, and is told whether
// it may wait. A call that is not `patient` never does.
using Step = std::function<ssize_t(bool waits)>;
base::Result<std::uint64_t>
carry_out(Handles::File const& file, short events, bool patient, Step const& step);

} // namespace host::vmm::shared_flags
