#include "package/tls.hpp"

#include "package/address.hpp"

#include <algorithm>
#include <array>

namespace package {

namespace {

constexpr std::array<std::string_view, 7> tls_keys{
    "authorities",
    "certificate",
    "private_key",
    "client_certificate",
    "alpn",
    "server_name",
    "session_tickets"
};

constexpr std::string_view not_a_path =
    "write the PEM text itself, between ''' and '''; a path of the host means nothing in a Keep";

// Enough to tell PEM text from a path; what is inside is checked where TLS is set up.
bool pem(std::string_view text, std::string_view label) {
    auto const begin = text.find("-----BEGIN ");
    if (begin == std::string_view::npos) return false;
    auto const header = text.substr(begin, text.find('\n', begin) - begin);
    return header.contains(label) && text.contains("-----END ");
}

Read<void>
check_authorities(toml::table const& entry, std::vector<std::string> const& authorities) {
    for (std::size_t i = 0; i < authorities.size(); ++i)
        if (!pem(authorities[i], "CERTIFICATE-----"))
            return wrong(
                *entry.get("authorities")->as_array()->get(i),
                "each of `authorities` must be a certificate in PEM",
                std::string{not_a_path}
            );
    return {};
}

// Certificate and key: both or neither.
Read<void> check_identity(toml::table const& entry, Tls const& tls) {
    auto const* certificate = entry.get("certificate");
    auto const* key = entry.get("private_key");
    if (certificate != nullptr && !pem(tls.certificate, "CERTIFICATE-----"))
        return wrong(
            *certificate, "`certificate` must be a certificate in PEM", std::string{not_a_path}
        );
    if (key != nullptr && !pem(tls.private_key, "PRIVATE KEY-----"))
        return wrong(*key, "`private_key` must be a private key in PEM", std::string{not_a_path});
    if (certificate != nullptr && key == nullptr)
        return wrong(*certificate, "`certificate` needs its `private_key`");
    if (key != nullptr && certificate == nullptr)
        return wrong(*key, "`private_key` needs its `certificate`");
    return {};
}

// RFC 7301, 3.1: a protocol name is 1 to 255 bytes, the list at most 65535.
Read<void> check_alpn(toml::table const& entry, std::vector<std::string> const& alpn) {
    std::size_t total = 0;
    for (std::size_t i = 0; i < alpn.size(); ++i) {
        auto const& node = *entry.get("alpn")->as_array()->get(i);
        if (alpn[i].empty() || alpn[i].size() > 255)
            return wrong(node, "a protocol name of `alpn` must have 1 to 255 bytes");
        if (std::ranges::find(alpn, alpn[i]) != alpn.begin() + static_cast<std::ptrdiff_t>(i))
            return wrong(node, quoted(alpn[i]) + " stands twice in `alpn`");
        total += 1 + alpn[i].size();
    }
    if (total > 65535)
        return wrong(*entry.get("alpn"), "`alpn` is longer than TLS allows (65535 bytes)");
    return {};
}

} // namespace

Read<Tls> read_tls(toml::table const& entry, Protocol protocol) {
    if (protocol == Protocol::Tcp) {
        for (auto const key : tls_keys)
            if (auto const* node = entry.get(key))
                return wrong(*node, quoted(key) + " needs prot = \"tls\"");
        return Tls{};
    }
    Tls tls;
    tls.authorities = TRY(texts(entry, "authorities"));
    tls.certificate = TRY(text(entry, "certificate")).value_or("");
    tls.private_key = TRY(text(entry, "private_key")).value_or("");
    tls.client_certificate = TRY(flag(entry, "client_certificate", false));
    tls.alpn = TRY(texts(entry, "alpn"));
    tls.server_name = TRY(text(entry, "server_name")).value_or("");
    tls.session_tickets = TRY(flag(entry, "session_tickets", false));
    TRY(check_authorities(entry, tls.authorities));
    TRY(check_identity(entry, tls));
    TRY(check_alpn(entry, tls.alpn));
    if (tls.client_certificate && tls.authorities.empty())
        return wrong(
            *entry.get("client_certificate"),
            "`client_certificate` needs `authorities`",
            "clients must chain to one of them"
        );
    if (auto const* node = entry.get("server_name"); node != nullptr && !host_name(tls.server_name))
        return wrong(*node, "`server_name` is no host name: " + quoted(tls.server_name));
    return tls;
}

} // namespace package
