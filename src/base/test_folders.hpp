// Where a test finds what is committed with the sources, and what was built: test/main.cpp knows
// it.
#pragma once

namespace enarx::test {

extern char const* const source_folder;
extern char const* const binary_folder;

} // namespace enarx::test
