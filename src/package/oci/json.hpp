#pragma once

// JSON of OCI, read so that an error names the field.

#include "package/oci/manifest.hpp"

#include <nlohmann/json.hpp>

namespace package::oci {

using Json = nlohmann::ordered_json;

inline std::unexpected<Wrong> wrong(std::string field, std::string expected) {
    return std::unexpected(Wrong{std::move(field), std::move(expected)});
}

// One object, without a key twice, not deep, at most `most` bytes.
Read<Json> parse(base::View bytes, std::size_t most, std::string const& field);
Read<std::string> text_at(Json const& object, char const* key, std::string const& field);
Read<std::uint64_t> number_at(Json const& object, char const* key, std::string const& field);
Read<Json> list_at(Json const& object, char const* key, std::string const& field);

} // namespace package::oci
