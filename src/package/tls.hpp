#pragma once

// The TLS settings of a `listen` or `connect` entry.

#include "package/reader.hpp"

namespace package {

// Reads the fields that the entry's kind allows; with prot = "tcp" there must be none.
Read<Tls> read_tls(toml::table const& entry, Protocol protocol);

} // namespace package
