// A Keep that no hardware vouches for: nobody signs anything of it.

#include "keep/shim/system_call/system_call.hpp"

namespace shim {

bool Machine::vouched() { return false; }
Reply system_call::keep_report(SystemCall const&) { return std::unexpected(base::Errno::NoSys); }
Reply system_call::code_key(SystemCall const&) { return std::unexpected(base::Errno::NoSys); }

} // namespace shim
