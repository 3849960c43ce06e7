#pragma once

// What is said of a file that is no evidence.

#include "base/view.hpp"
#include "os/failure.hpp"

#include <string>
#include <string_view>

namespace host::cli {

// With the place, what was expected there, what stands there, and what the file is instead where
// that is known.
// `known`: what is known of it already, such as of a wrapper without evidence; may be empty.
os::Failure
unknown_evidence(std::string const& path, base::View bytes, std::string const& known = {});

// "; it looks like hexadecimal: ..", or like base64 or PEM; empty where it looks like none.
std::string_view spelt(base::View bytes);

} // namespace host::cli
