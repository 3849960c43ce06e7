#pragma once

// What values of JSON stand for, where they stand for bytes.

#include "attest/json/tree.hpp"

#include <optional>
#include <string>
#include <vector>

namespace attest::wrapped {

// The text of a string without its escapes; nothing where it is not ASCII or an escape is none.
std::optional<std::string> unescaped(std::string_view content);

// An array of numbers from 0 to 255.
std::optional<std::vector<std::byte>> bytes_of_numbers(json::Value value);

} // namespace attest::wrapped
