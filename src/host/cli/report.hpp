#pragma once

// What the command tells its user: results on standard output, failures and notes on standard
// error. It is text: what a terminal would obey instead of showing is a question mark in it. JSON
// escapes all that is not ASCII, so that nothing of it is lost here.

#include "base/view.hpp"
#include "os/failure.hpp"

#include <string>
#include <string_view>

namespace host::cli {

// `enarx: error: what happened, to what (name)`, then hints.
std::string failure_text(os::Failure const& failure);

void write_error(std::string_view text);

// Standard output may be full or closed.
os::OrFailure<void> write_output(std::string_view text);

// The same for a file that the user asked for on standard output: each byte as it is.
os::OrFailure<void> write_artefact(base::View bytes);

std::unexpected<os::Failure>
failure(std::string_view name, std::string text, std::string hint = {});

} // namespace host::cli
