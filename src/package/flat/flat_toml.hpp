#pragma once

// A TOML file as a flat list: what stands where, under which full name. For files whose keys
// somebody else knows.

#include "package/configuration.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace package {

using FlatValue = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

struct FlatEntry {
    std::string name; // the names of its tables and its key, with dots between
    FlatValue value;
    std::uint32_t line;
    std::uint32_t column;
};

// At most 1 MB. Values are truths, whole numbers, texts and arrays of texts; another one is an
// error.
base::Result<std::vector<FlatEntry>, ConfigurationError> parse_flat_toml(std::string_view toml);

} // namespace package
