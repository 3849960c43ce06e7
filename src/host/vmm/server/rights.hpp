#pragma once

// What a handle may be used for: whoever may only read a folder can by no call change what lies
// below it, whatever the program in the Keep does.

#include "host/vmm/server/request.hpp"

namespace host::vmm {

// Whether this call changes what its argument `i`, a handle, stands for, or what lies below it.
// A call that is not known here changes whatever it names.
bool changes(protocol::hostcall::Call call, unsigned i);

// RoFs, as on a mount that is read-only (or what Linux says of a file opened to be read): the call
// would change what a handle of it may only read. XDev: a link to it, elsewhere.
base::Result<void> check_rights(Request const& request);

} // namespace host::vmm
