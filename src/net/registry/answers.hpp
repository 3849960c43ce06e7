#pragma once

// What an answer of a registry that was not hoped for means to who asked.

#include "net/http_answer.hpp"
#include "os/failure.hpp"

namespace net::registry {

bool busy(unsigned status); // the same may go well later
os::Failure unexpected_answer(std::string const& what, HttpAnswer const& answer);
os::Failure trouble_of(std::string const& what, Trouble const& trouble);

} // namespace net::registry
