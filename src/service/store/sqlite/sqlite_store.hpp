#pragma once

// The store in one file of SQLite: one thread writes, in groups; readers have connections of their
// own and do not wait for it.

#include "service/store/store.hpp"

#include <memory>
#include <string>

namespace service {

// Opens the file, or makes it (mode 0600) where there is none. Failures:
//   store-in-use       another process has it open for writing
//   store-newer        a newer version of the service has written it
//   store-damaged      it is no store, or not whole
//   store-unavailable  the system refuses
os::OrFailure<std::unique_ptr<Store>> open_sqlite_store(std::string const& path);

} // namespace service
