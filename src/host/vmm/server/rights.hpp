#pragma once

// What a handle may be used for: whoever may only read a folder can by no call change what lies
// below it, whatever the program in the Keep does.

#include "host/vmm/server/request.hpp"

namespace host::vmm {

// Whether this call changes what its argument `i`, a handle, stands for, or what lies below it.
// Each call of the server has its answer here, so that a new one must be given one.
bool changes(protocol::hostcall::Call call, unsigned i);

// RoFs, as on a mount that is read-only (or what Linux says of a file opened to be read): the call
// would change what a handle of it may only read. XDev: a link to it, elsewhere.
base::Result<void> check_rights(Request const& request);

} // namespace host::vmm
