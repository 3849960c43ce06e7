#include "package/files.hpp"

#include "package/address.hpp"
#include "package/tls.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace package {

namespace {

constexpr std::array<std::string_view, 7> kinds{
    "null", "stdin", "stdout", "stderr", "listen", "connect", "dir"
};
constexpr std::array<std::string_view, 2> stream_keys{"kind", "name"};
constexpr std::array<std::string_view, 13> listen_keys{
    "kind",
    "name",
    "prot",
    "addr",
    "port",
    "authorities",
    "peers",
    "peers_without_hardware",
    "certificate",
    "private_key",
    "client_certificate",
    "alpn",
    "session_tickets"
};
constexpr std::array<std::string_view, 13> connect_keys{
    "kind",
    "name",
    "prot",
    "host",
    "port",
    "authorities",
    "peers",
    "peers_without_hardware",
    "certificate",
    "private_key",
    "alpn",
    "server_name",
    "session_tickets"
};
constexpr std::array<std::string_view, 5> dir_keys{"kind", "path", "source", "host_path", "mode"};

Keys keys_of(std::string_view kind) {
    if (kind == "listen") return listen_keys;
    if (kind == "connect") return connect_keys;
    if (kind == "dir") return dir_keys;
    return stream_keys;
}

std::string of_kind(std::string_view kind) {
    return "an entry of kind = \"" + std::string{kind} + '"';
}

// A key that another kind has gets a hint that says so.
Read<void> check_entry_keys(toml::table const& table, std::string_view kind) {
    auto checked = check_keys(table, keys_of(kind), of_kind(kind));
    if (checked || !checked.error().hint.empty()) return checked;
    for (auto const& [key, node] : table) {
        if (contains(keys_of(kind), key.str())) continue;
        for (auto const other : kinds)
            if (contains(keys_of(other), key.str()))
                checked.error().hint =
                    quoted(key.str()) + " is a key of kind = \"" + std::string{other} + '"';
        break;
    }
    return checked;
}

Read<std::optional<std::string>> name_of(toml::table const& table) {
    auto name = TRY(text(table, "name"));
    if (!name) return name;
    auto const& node = *table.get("name");
    if (name->empty()) return wrong(node, "`name` must not be empty");
    if (name->contains(':'))
        return wrong(node, "`name` must not contain ':'", "FD_NAMES joins the names with ':'");
    return name;
}

Read<Protocol> protocol_of(toml::table const& table) {
    auto const prot = TRY(text(table, "prot"));
    if (!prot || *prot == "tls") return Protocol::Tls;
    if (*prot == "tcp") return Protocol::Tcp;
    return wrong(*table.get("prot"), "`prot` must be \"tls\" or \"tcp\", not " + quoted(*prot));
}

Read<std::uint16_t> port_of(toml::table const& table, Protocol protocol, std::int64_t first) {
    auto const port = TRY(number(table, "port", {.first = first, .last = 65535}));
    return static_cast<std::uint16_t>(port.value_or(protocol == Protocol::Tls ? 443 : 80));
}

// A host in brackets, as URLs write IPv6 addresses, loses them.
Read<std::string> checked_host(toml::node const& node, std::string_view key, std::string host) {
    if (host.starts_with('[') && host.ends_with(']') &&
        ipv6_address(std::string_view{host}.substr(1, host.size() - 2)))
        host = host.substr(1, host.size() - 2);
    if (host_name(host)) return host;
    return wrong(
        node,
        quoted(key) + " is no address and no host name: " + quoted(host),
        "write the host alone, without a scheme or port: \"example.com\", \"192.0.2.1\", \"::1\""
    );
}

Read<File> read_listen(toml::table const& table) {
    auto name = TRY(name_of(table));
    if (!name) return wrong(table, of_kind("listen") + " needs a `name`");
    auto const protocol = TRY(protocol_of(table));
    auto const port = TRY(port_of(table, protocol, 0));
    auto address = TRY(text(table, "addr"));
    if (address) address = TRY(checked_host(*table.get("addr"), "addr", *std::move(address)));
    auto tls = TRY(read_tls(table, protocol, Way::Listen));
    return Listen{
        *std::move(name), protocol, std::move(address).value_or("::"), port, std::move(tls)
    };
}

Read<File> read_connect(toml::table const& table) {
    auto name = TRY(name_of(table));
    auto host = TRY(required_text(table, "host", of_kind("connect")));
    host = TRY(checked_host(*table.get("host"), "host", std::move(host)));
    auto const protocol = TRY(protocol_of(table));
    auto const port = TRY(port_of(table, protocol, 1));
    auto tls = TRY(read_tls(table, protocol, Way::Connect));
    if (!name) {
        name = host;
        std::ranges::replace(
            *name, ':', '_'
        ); // of an IPv6 address: FD_NAMES joins the names with ':'
    }
    return Connect{*std::move(name), protocol, std::move(host), port, std::move(tls)};
}

// "/data/" and "/data" are one place.
Read<std::string> guest_path(toml::table const& table) {
    auto path = TRY(required_text(table, "path", of_kind("dir")));
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    auto const& node = *table.get("path");
    if (path.empty()) return wrong(node, "`path` must not be empty", "\"/\" and \".\" are allowed");
    if (('/' + path + '/').contains("/../")) return wrong(node, "`path` must not contain \"..\"");
    return path;
}

Read<Source> source_of(toml::table const& table) {
    static constexpr std::array<std::string_view, 4> sources{
        "memory", "package", "host", "attestation"
    };
    auto const source = TRY(required_text(table, "source", of_kind("dir")));
    if (source == "memory") return Source::Memory;
    if (source == "package") return Source::Package;
    if (source == "host") return Source::Host;
    if (source == "attestation") return Source::Attestation;
    return wrong(
        *table.get("source"),
        "`source` must be " + one_of(sources) + ", not " + quoted(source),
        did_you_mean(source, sources)
    );
}

Read<Mode> mode_of(toml::table const& table, Source source) {
    auto const mode = TRY(text(table, "mode"));
    bool const writable = source == Source::Memory || source == Source::Attestation;
    if (!mode) return writable ? Mode::ReadWrite : Mode::ReadOnly;
    auto const& node = *table.get("mode");
    if (source == Source::Attestation)
        return wrong(node, "`mode` does not go with source = \"attestation\"");
    if (*mode != "ro" && *mode != "rw")
        return wrong(node, "`mode` must be \"ro\" or \"rw\", not " + quoted(*mode));
    if (*mode == "rw" && source == Source::Package)
        return wrong(
            node,
            "the files of a package cannot be written",
            "use mode = \"ro\", or source = \"memory\""
        );
    return *mode == "rw" ? Mode::ReadWrite : Mode::ReadOnly;
}

Read<File> read_dir(toml::table const& table) {
    auto path = TRY(guest_path(table));
    auto const source = TRY(source_of(table));
    auto host_path = TRY(text(table, "host_path"));
    if (source == Source::Host && !host_path)
        return wrong(
            table,
            "source = \"host\" needs a `host_path`",
            "the directory of the host, relative to this file"
        );
    if (host_path && source != Source::Host)
        return wrong(*table.get("host_path"), "`host_path` goes with source = \"host\" only");
    if (host_path && host_path->empty())
        return wrong(*table.get("host_path"), "`host_path` must not be empty");
    auto const mode = TRY(mode_of(table, source));
    return Directory{std::move(path), source, std::move(host_path).value_or(""), mode};
}

Read<File> read_stream(toml::table const& table, std::string_view kind) {
    auto name = TRY(name_of(table)).value_or(std::string{kind});
    if (kind == "null") return Null{std::move(name)};
    if (kind == "stdin") return Stdin{std::move(name)};
    if (kind == "stdout") return Stdout{std::move(name)};
    return Stderr{std::move(name)};
}

Read<File> read_file(toml::table const& table) {
    auto const kind = TRY(required_text(table, "kind", "each entry of `files`"));
    if (!contains(kinds, kind))
        return wrong(
            *table.get("kind"),
            "`kind` must be " + one_of(kinds) + ", not " + quoted(kind),
            did_you_mean(kind, kinds)
        );
    TRY(check_entry_keys(table, kind));
    if (kind == "listen") return read_listen(table);
    if (kind == "connect") return read_connect(table);
    if (kind == "dir") return read_dir(table);
    return read_stream(table, kind);
}

// By what the application tells this entry from others: a guest path, or a name. The default names
// of `null` and of the streams may repeat, as they may in the original.
std::optional<std::string> identity(File const& file, toml::table const& table) {
    if (auto const* dir = std::get_if<Directory>(&file)) return "dir " + dir->path;
    bool const socket =
        std::holds_alternative<Listen>(file) || std::holds_alternative<Connect>(file);
    if (!socket && !table.contains("name")) return {};
    return std::visit(
        []<class T>(T const& entry) -> std::optional<std::string> {
            if constexpr (requires { entry.name; })
                return entry.name;
            else
                return {};
        },
        file
    );
}

} // namespace

Read<std::vector<File>> read_files(toml::table const& root) {
    std::vector<File> files;
    auto const* node = root.get("files");
    if (node == nullptr) return files;
    auto const* array = node->as_array();
    if (array == nullptr)
        return wrong(
            *node, "`files` must be an array of tables", "write [[files]], with two brackets"
        );
    std::map<std::string, std::uint32_t, std::less<>> seen; // identity -> line
    for (auto const& element : *array) {
        auto const* table = element.as_table();
        if (table == nullptr) return wrong(element, "each entry of `files` must be a table");
        auto file = TRY(read_file(*table));
        if (auto const id = identity(file, *table)) {
            auto const [first, fresh] = seen.emplace(*id, table->source().begin.line);
            bool const dir = std::holds_alternative<Directory>(file);
            if (!fresh)
                return wrong(
                    *table,
                    "a second entry with the " +
                        (dir ? "path " + quoted(id->substr(4)) : "name " + quoted(*id)) +
                        "; the first is in line " + std::to_string(first->second),
                    dir ? "give one of them another `path`" : "give one of them another `name`"
                );
        }
        files.push_back(std::move(file));
    }
    return files;
}

} // namespace package
