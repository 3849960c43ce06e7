#pragma once

// The tables, and whether a file has them: made where it is empty, refused where it is another's.

#include "service/store/sqlite/connection.hpp"

namespace service::sqlite {

// Failures as open_sqlite_store() has them.
os::OrFailure<void> prepare(Connection& connection, std::string const& path);
// What every connection needs.
Answer<void> configure(Connection& connection);

} // namespace service::sqlite
