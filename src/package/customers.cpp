#include "package/customers.hpp"

#include "base/hex.hpp"
#include "package/address.hpp"
#include "package/byte_size.hpp"
#include "package/reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace package {

namespace {

constexpr std::array<std::string_view, 7> keys{
    "name", "token-sha256", "client-key-sha256", "keeps", "memory", "ports", "connect"
};
constexpr std::int64_t most_keeps = 100'000;

bool name_fits(std::string_view name) {
    constexpr std::size_t longest = 64;
    return !name.empty() && name.size() <= longest && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
}

std::optional<std::uint16_t> port_of(std::string_view text) {
    std::uint16_t port = 0;
    auto const* const end = text.data() + text.size();
    auto const read = std::from_chars(text.data(), end, port);
    if (read.ec != std::errc{} || read.ptr != end || port == 0) return {};
    return port;
}

Read<std::optional<base::Bytes<32>>> digest(toml::table const& table, std::string_view key) {
    auto const digits = TRY(text(table, key));
    if (!digits) return std::nullopt;
    base::Bytes<32> out{};
    if (!base::unhex(*digits, out))
        return wrong(*table.get(key), quoted(key) + " must be 64 hexadecimal digits");
    return out;
}

Read<Ports> ports_of(toml::node const& node) {
    auto const refuse = [&] {
        return wrong(node, "a port must be 1 to 65535, or a range as in \"8000-8999\"");
    };
    if (auto const* number = node.as_integer(); number != nullptr) {
        auto const port = port_of(std::to_string(number->get()));
        if (!port) return refuse();
        return Ports{*port, *port};
    }
    auto const words = TRY(string_of(node, "each element of `ports`"));
    auto const dash = words.find('-');
    auto const first = port_of(std::string_view{words}.substr(0, dash));
    auto const last = dash == std::string::npos ? first : port_of(words.substr(dash + 1));
    if (!first || !last || *first > *last) return refuse();
    return Ports{*first, *last};
}

Read<std::vector<Ports>> all_ports(toml::table const& table) {
    std::vector<Ports> out;
    auto const* node = table.get("ports");
    if (node == nullptr) return out;
    auto const* array = node->as_array();
    if (array == nullptr) return wrong(*node, "`ports` must be an array");
    for (auto const& element : *array) out.push_back(TRY(ports_of(element)));
    return out;
}

bool place_fits(std::string_view place) {
    if (place == "*") return true;
    auto const colon = place.rfind(':');
    if (colon == std::string_view::npos) return false;
    auto host = place.substr(0, colon);
    auto const port = place.substr(colon + 1);
    if (port != "*" && !port_of(port)) return false;
    if (host.starts_with('[') && host.ends_with(']'))
        return ipv6_address(host.substr(1, host.size() - 2));
    if (host.starts_with("*.")) host.remove_prefix(2);
    return host_name(host) && !ipv6_address(host);
}

Read<Customer> customer(toml::node const& node) {
    auto const* table = node.as_table();
    if (table == nullptr) return wrong(node, "each customer is a table: [[customer]]");
    TRY(check_keys(*table, keys, "a customer"));
    Customer out{.name = TRY(required_text(*table, "name", "a customer"))};
    if (!name_fits(out.name))
        return wrong(*table->get("name"), "a name has 1 to 64 of a-z, 0-9, `-`, `.` and `_`");
    out.token_sha256 = TRY(digest(*table, "token-sha256"));
    out.client_key_sha256 = TRY(digest(*table, "client-key-sha256"));
    if (!out.token_sha256 && !out.client_key_sha256)
        return wrong(
            *table,
            "customer " + quoted(out.name) + " needs `token-sha256` or `client-key-sha256`",
            "printf %s TOKEN | sha256sum"
        );
    auto const keeps = TRY(number(*table, "keeps", {0, most_keeps}));
    if (keeps) out.keeps = static_cast<std::uint32_t>(*keeps);
    if (auto const memory = TRY(text(*table, "memory")); memory) {
        auto const size = parse_byte_size(*memory);
        if (!size) return wrong(*table->get("memory"), "`memory` is a size as in \"4GiB\"");
        out.memory = *size;
    }
    out.ports = TRY(all_ports(*table));
    out.connect = TRY(texts(*table, "connect"));
    for (auto const& place : out.connect)
        if (!place_fits(place))
            return wrong(
                *table->get("connect"),
                quoted(place) + " is none of \"*\", \"host:port\", \"host:*\", \"*.domain:port\""
            );
    return out;
}

template <class T> bool shared(Customer const& a, Customer const& b, T Customer::* what) {
    return a.*what && a.*what == b.*what;
}

} // namespace

bool Customer::may_listen(std::uint16_t port) const {
    return std::ranges::any_of(ports, [&](Ports const& range) {
        return range.first <= port && port <= range.last;
    });
}

bool Customer::may_connect(std::string_view host, std::string_view port) const {
    return std::ranges::any_of(connect, [&](std::string_view place) {
        if (place == "*") return true;
        auto const colon = place.rfind(':');
        auto const its_port = place.substr(colon + 1);
        auto its_host = place.substr(0, colon);
        if (its_host.starts_with('[') && its_host.ends_with(']'))
            its_host = its_host.substr(1, its_host.size() - 2);
        if (its_port != "*" && its_port != port) return false;
        if (its_host.starts_with("*."))
            return host.size() > its_host.size() - 1 && host.ends_with(its_host.substr(1));
        return its_host == host;
    });
}

base::Result<std::vector<Customer>, ConfigurationError> parse_customers(std::string_view text) {
    auto const root = TRY(parse_toml(text));
    static constexpr std::array<std::string_view, 1> all{"customer"};
    TRY(check_keys(root, all, "the file of customers"));
    std::vector<Customer> out;
    auto const* node = root.get("customer");
    auto const* array = node == nullptr ? nullptr : node->as_array();
    if (array == nullptr)
        return wrong(root, "the file names no customer", "[[customer]] begins one");
    for (auto const& element : *array) {
        auto next = TRY(customer(element));
        for (auto const& other : out)
            if (next.name == other.name || shared(next, other, &Customer::token_sha256) ||
                shared(next, other, &Customer::client_key_sha256))
                return wrong(
                    element,
                    "customers " + quoted(other.name) + " and " + quoted(next.name) +
                        " have the same name, token or key"
                );
        out.push_back(std::move(next));
    }
    return out;
}

} // namespace package
