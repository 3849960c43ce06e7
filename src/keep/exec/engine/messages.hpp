#pragma once

// The engine's messages, made fit for one line of ours.

#include <string>
#include <string_view>

namespace exec::engine {

// Why something failed: the innermost cause of a chain of them, without notes for developers of the
// engine.
std::string reason_of(std::string_view message);

// What is wrong with a text, and where: "3:4: unknown operator".
std::string text_mistake(std::string_view message);

} // namespace exec::engine
