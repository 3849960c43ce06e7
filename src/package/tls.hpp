#pragma once

// The TLS settings of a `listen` or `connect` entry.

#include "package/reader.hpp"

namespace package {

enum class Way : std::uint8_t { Listen, Connect };

// Reads the fields that the entry's kind allows; with prot = "tcp" there must be none.
Read<Tls> read_tls(toml::table const& entry, Protocol protocol, Way way);

} // namespace package
