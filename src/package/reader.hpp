#pragma once

// Strict reading of TOML tables: each field has one type and one range, and a key that nobody knows
// is an error. The only files that see toml++ are those of this folder.

#include "base/result.hpp"
#include "package/configuration.hpp"
#include "package/toml.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace package {

template <class T> using Read = base::Result<T, ConfigurationError>;
using Keys = std::span<std::string_view const>;

struct Range {
    std::int64_t first;
    std::int64_t last;
};

// A whole file, of at most max_configuration_size bytes.
Read<toml::table> parse_toml(std::string_view text);

// "an error here, at this node or key of the text"
std::unexpected<ConfigurationError>
wrong(toml::node const& where, std::string message, std::string hint = {});
std::unexpected<ConfigurationError>
wrong(toml::key const& where, std::string message, std::string hint = {});

// Each entry of `table` must be one of `known`; `of` says whose keys those are.
Read<void> check_keys(toml::table const& table, Keys known, std::string_view of);

// A field that may be missing; of another type or outside of its range it is an error.
Read<std::optional<std::string>> text(toml::table const& table, std::string_view key);
Read<std::optional<std::int64_t>>
number(toml::table const& table, std::string_view key, Range range);
Read<std::vector<std::string>> texts(toml::table const& table, std::string_view key);
Read<bool> flag(toml::table const& table, std::string_view key, bool otherwise);
Read<toml::table const*> subtable(toml::table const& table, std::string_view key);

// A field that must be there; `of` says whose it is.
Read<std::string>
required_text(toml::table const& table, std::string_view key, std::string_view of);

// A string node without NUL, which neither arguments nor names can carry.
Read<std::string> string_of(toml::node const& node, std::string_view what);

bool contains(Keys words, std::string_view word);
std::string quoted(std::string_view text);                   // `text`
std::string one_of(Keys words);                              // "a", "b" or "c"
std::string did_you_mean(std::string_view word, Keys known); // a hint, or nothing

} // namespace package
