#include "package/configuration.hpp"

#include "package/byte_size.hpp"
#include "package/files.hpp"
#include "package/reader.hpp"

#include <algorithm>
#include <array>

namespace package {

namespace {

constexpr std::array<std::string_view, 5> root_keys{"steward", "args", "env", "files", "limits"};
constexpr std::array<std::string_view, 3> limit_keys{"memory", "open_files", "sockets"};

Read<std::optional<std::string>> read_steward(toml::table const& root) {
    auto url = TRY(text(root, "steward"));
    if (!url) return url;
    std::string_view rest = *url;
    bool const http = rest.starts_with("https://") || rest.starts_with("http://");
    rest.remove_prefix(http ? rest.find("//") + 2 : 0);
    bool const printable = std::ranges::all_of(rest, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!http || rest.empty() || rest.starts_with('/') || !printable)
        return wrong(
            *root.get("steward"),
            "`steward` is no URL: " + quoted(*url),
            "such as \"https://attest.example.com\""
        );
    return url;
}

Read<std::map<std::string, std::string>> read_env(toml::table const& root) {
    std::map<std::string, std::string> env;
    auto const* table = TRY(subtable(root, "env"));
    if (table == nullptr) return env;
    for (auto const& [key, node] : *table) {
        auto const name = key.str();
        if (name.empty() || name.contains('=') || name.contains('\0'))
            return wrong(key, quoted(name) + " cannot be the name of an environment variable");
        env.emplace(name, TRY(string_of(node, quoted(name))));
    }
    return env;
}

Read<std::optional<std::uint64_t>> read_memory(toml::table const& limits) {
    auto const* node = limits.get("memory");
    if (node == nullptr) return std::nullopt;
    std::optional<std::uint64_t> bytes;
    if (auto const* value = node->as_integer()) {
        if (value->get() > 0) bytes = static_cast<std::uint64_t>(value->get());
    } else if (auto const* size = node->as_string()) {
        bytes = parse_byte_size(size->get());
    }
    if (!bytes || *bytes == 0)
        return wrong(
            *node, "`memory` must be a number of bytes above 0", "such as 67108864 or \"64M\""
        );
    return bytes;
}

Read<Limits> read_limits(toml::table const& root) {
    Limits limits;
    auto const* table = TRY(subtable(root, "limits"));
    if (table == nullptr) return limits;
    TRY(check_keys(*table, limit_keys, "[limits]"));
    limits.memory = TRY(read_memory(*table));
    auto const files = TRY(number(*table, "open_files", {.first = 3, .last = 1 << 20}));
    auto const sockets = TRY(number(*table, "sockets", {.first = 0, .last = 1 << 16}));
    limits.open_files = static_cast<std::uint32_t>(files.value_or(limits.open_files));
    limits.sockets = static_cast<std::uint32_t>(sockets.value_or(limits.sockets));
    return limits;
}

} // namespace

base::Result<Configuration, ConfigurationError> parse_configuration(std::string_view toml) {
    auto const root = TRY(parse_toml(toml));
    TRY(check_keys(root, root_keys, "the configuration"));
    Configuration out;
    out.steward = TRY(read_steward(root));
    out.args = TRY(texts(root, "args"));
    out.env = TRY(read_env(root));
    out.files = TRY(read_files(root));
    out.limits = TRY(read_limits(root));
    return out;
}

} // namespace package
