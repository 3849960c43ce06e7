#include "package/reader.hpp"

#include "base/nearest.hpp"
#include "base/printable.hpp"
#include "package/depth.hpp"

#include <algorithm>

namespace package {

namespace {

std::unexpected<ConfigurationError>
wrong_at(toml::source_region const& region, std::string message, std::string hint) {
    return std::unexpected(
        ConfigurationError{
            .line = std::max<std::uint32_t>(1, region.begin.line),
            .column = std::max<std::uint32_t>(1, region.begin.column),
            .message = std::move(message),
            .hint = std::move(hint),
        }
    );
}

std::unexpected<ConfigurationError> wrong_here(Position at, std::string message, std::string hint) {
    return std::unexpected(
        ConfigurationError{at.line, at.column, std::move(message), std::move(hint)}
    );
}

std::string_view type_name(toml::node_type type) {
    switch (type) {
    case toml::node_type::table:
        return "a table";
    case toml::node_type::array:
        return "an array";
    case toml::node_type::string:
        return "a string";
    case toml::node_type::integer:
        return "an integer";
    case toml::node_type::floating_point:
        return "a floating-point number";
    case toml::node_type::boolean:
        return "a boolean";
    case toml::node_type::date:
        return "a date";
    case toml::node_type::time:
        return "a time";
    case toml::node_type::date_time:
        return "a date and time";
    case toml::node_type::none:
        break;
    }
    return "nothing";
}

std::unexpected<ConfigurationError>
wrong_type(toml::node const& node, std::string_view what, std::string_view wanted) {
    return wrong(
        node,
        std::string{what} + " must be " + std::string{wanted} + ", not " +
            std::string{type_name(node.type())}
    );
}

} // namespace

Read<toml::table> parse_toml(std::string_view text) {
    if (text.size() > max_configuration_size)
        return wrong_here(
            {1, 1}, "larger than " + std::to_string(max_configuration_size) + " bytes", ""
        );
    if (auto const deep = key_too_deep(text))
        return wrong_here(
            *deep, "a key of more than " + std::to_string(max_key_parts) + " parts", ""
        );
    auto parsed = toml::parse(text);
    if (parsed) return std::move(parsed).table();
    auto const& error = parsed.error();
    return wrong_here(
        {std::max<std::uint32_t>(1, error.source().begin.line),
         std::max<std::uint32_t>(1, error.source().begin.column)},
        "not valid TOML: " + std::string{error.description()},
        ""
    );
}

std::unexpected<ConfigurationError>
wrong(toml::node const& where, std::string message, std::string hint) {
    return wrong_at(where.source(), std::move(message), std::move(hint));
}

std::unexpected<ConfigurationError>
wrong(toml::key const& where, std::string message, std::string hint) {
    return wrong_at(where.source(), std::move(message), std::move(hint));
}

bool contains(Keys words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

std::string quoted(std::string_view text) {
    constexpr std::size_t longest = 64;
    return '`' + base::printable(text.substr(0, longest)) + (text.size() > longest ? "...`" : "`");
}

std::string one_of(Keys words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
        out += '"' + std::string{words[i]} + '"';
    }
    return out;
}

std::string did_you_mean(std::string_view word, Keys known) {
    auto const meant = base::nearest(word, known);
    return meant.empty() ? std::string{} : "did you mean " + quoted(meant) + "?";
}

Read<void> check_keys(toml::table const& table, Keys known, std::string_view of) {
    for (auto const& [key, node] : table) {
        if (contains(known, key.str())) continue;
        return wrong(
            key,
            "unknown key " + quoted(key.str()) + " in " + std::string{of},
            did_you_mean(key.str(), known)
        );
    }
    return {};
}

Read<std::string> string_of(toml::node const& node, std::string_view what) {
    auto const* value = node.as_string();
    if (value == nullptr) return wrong_type(node, what, "a string");
    if (value->get().contains('\0'))
        return wrong(node, std::string{what} + " must not contain a NUL character");
    return value->get();
}

Read<std::optional<std::string>> text(toml::table const& table, std::string_view key) {
    auto const* node = table.get(key);
    if (node == nullptr) return std::nullopt;
    return TRY(string_of(*node, quoted(key)));
}

Read<std::string>
required_text(toml::table const& table, std::string_view key, std::string_view of) {
    auto value = TRY(text(table, key));
    if (!value) return wrong(table, std::string{of} + " needs a " + quoted(key));
    return *std::move(value);
}

Read<std::optional<std::int64_t>>
number(toml::table const& table, std::string_view key, Range range) {
    auto const* node = table.get(key);
    if (node == nullptr) return std::nullopt;
    auto const* value = node->as_integer();
    if (value == nullptr) return wrong_type(*node, quoted(key), "an integer");
    if (value->get() < range.first || value->get() > range.last)
        return wrong(
            *node,
            quoted(key) + " must be " + std::to_string(range.first) + " to " +
                std::to_string(range.last) + ", not " + std::to_string(value->get())
        );
    return value->get();
}

Read<std::vector<std::string>> texts(toml::table const& table, std::string_view key) {
    std::vector<std::string> out;
    auto const* node = table.get(key);
    if (node == nullptr) return out;
    auto const* array = node->as_array();
    if (array == nullptr) return wrong_type(*node, quoted(key), "an array of strings");
    for (auto const& element : *array)
        out.push_back(TRY(string_of(element, "each element of " + quoted(key))));
    return out;
}

Read<bool> flag(toml::table const& table, std::string_view key, bool otherwise) {
    auto const* node = table.get(key);
    if (node == nullptr) return otherwise;
    auto const* value = node->as_boolean();
    if (value == nullptr) return wrong_type(*node, quoted(key), "true or false");
    return value->get();
}

Read<toml::table const*> subtable(toml::table const& table, std::string_view key) {
    auto const* node = table.get(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) return wrong_type(*node, quoted(key), "a table");
    return node->as_table();
}

} // namespace package
