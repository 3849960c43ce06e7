#include "package/flat/flat_toml.hpp"

#include "package/depth.hpp"
#include "package/toml.hpp"

#include <algorithm>

namespace package {

namespace {

using Entries = std::vector<FlatEntry>;

constexpr std::size_t max_size = 1'000'000;
constexpr unsigned max_tables = 8;

std::unexpected<ConfigurationError>
wrong_at(toml::source_position at, std::string message, std::string hint) {
    return std::unexpected(
        ConfigurationError{
            std::max<std::uint32_t>(1, at.line),
            std::max<std::uint32_t>(1, at.column),
            std::move(message),
            std::move(hint)
        }
    );
}

base::Result<FlatValue, ConfigurationError>
value_of(std::string const& name, toml::node const& node) {
    if (auto const* truth = node.as_boolean()) return FlatValue{truth->get()};
    if (auto const* number = node.as_integer()) return FlatValue{number->get()};
    if (auto const* text = node.as_string()) return FlatValue{text->get()};
    auto const* array = node.as_array();
    if (array == nullptr)
        return wrong_at(
            node.source().begin,
            "`" + name + "` has a value of no use here",
            "true, false, a whole number, \"text\" or [\"text\", ...]"
        );
    std::vector<std::string> texts;
    for (auto const& element : *array) {
        auto const* text = element.as_string();
        if (text == nullptr)
            return wrong_at(element.source().begin, "`" + name + "` wants texts alone", "");
        texts.push_back(text->get());
    }
    return FlatValue{std::move(texts)};
}

base::Result<void, ConfigurationError>
flatten(toml::table const& table, std::string const& prefix, unsigned depth, Entries& out) {
    for (auto const& [key, node] : table) {
        auto const name = prefix + std::string{key.str()};
        if (auto const* inner = node.as_table()) {
            if (depth == max_tables)
                return wrong_at(node.source().begin, "tables within tables, too deep", "");
            TRY(flatten(*inner, name + '.', depth + 1, out));
            continue;
        }
        auto value = TRY(value_of(name, node));
        auto const at = key.source().begin;
        out.push_back({name, std::move(value), at.line, at.column});
    }
    return {};
}

} // namespace

base::Result<Entries, ConfigurationError> parse_flat_toml(std::string_view text) {
    if (text.size() > max_size) return wrong_at({1, 1}, "larger than 1000000 bytes", "");
    if (auto const deep = key_too_deep(text))
        return wrong_at({deep->line, deep->column}, "a key of too many parts", "");
    auto const parsed = toml::parse(text);
    if (!parsed)
        return wrong_at(
            parsed.error().source().begin,
            "not valid TOML: " + std::string{parsed.error().description()},
            ""
        );
    Entries out;
    TRY(flatten(parsed.table(), "", 0, out));
    std::ranges::sort(out, {}, [](auto const& entry) {
        return std::pair{entry.line, entry.column};
    });
    return out;
}

} // namespace package
