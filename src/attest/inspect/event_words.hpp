#pragma once

// Events of a log in words: TCG PC Client Platform Firmware Profile 1.06, 10.4.1.

#include "attest/measure/event_log.hpp"

#include <string>

namespace attest::inspect {

std::string event_type_name(std::uint32_t type);
std::string register_name(std::uint32_t index);
// Its data, if they are text, or else as many bytes as fit a line.
std::string event_words(measure::Event const& event);

} // namespace attest::inspect
