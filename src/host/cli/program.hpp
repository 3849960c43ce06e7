#pragma once

// The program `enarx`: finds the command that is meant, and has it carried out.

#include "host/cli/syntax/parse.hpp"

#include <cstdint>

namespace host::cli {

// `words` are those behind the program's name. Returns the exit status.
int run_program(Words words, std::uint64_t started_ns);

} // namespace host::cli
