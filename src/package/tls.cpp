#include "package/tls.hpp"

#include "package/address.hpp"
#include "package/spiffe.hpp"

#include <algorithm>
#include <array>

namespace package {

namespace {

constexpr std::array<std::string_view, 9> tls_keys{
    "authorities",
    "peers",
    "peers_without_hardware",
    "certificate",
    "private_key",
    "client_certificate",
    "alpn",
    "server_name",
    "session_tickets"
};

// What stands in the place of PEM text where no text can be known before the Keep runs.
constexpr std::string_view of_deployment = "deployment";
constexpr std::string_view of_keep = "keep";

constexpr std::string_view not_a_path =
    "write the PEM text itself, between ''' and '''; a path of the host means nothing in a Keep";

constexpr std::size_t longest_label = 64; // of a PEM block

// The labels of the PEM blocks (RFC 7468), in their order. Text between blocks says nothing, and
// what is inside is checked where TLS is set up. A block ends at the first end that follows, which
// must be its own: so the text is gone through once, however many beginnings it has.
std::vector<std::string_view> labels(std::string_view text) {
    static constexpr std::string_view begin = "-----BEGIN ";
    static constexpr std::string_view finish = "-----END ";
    static constexpr std::string_view dashes = "-----";
    std::vector<std::string_view> found;
    std::size_t end = 0;
    for (auto at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at)) {
        at += begin.size();
        auto const rest = text.substr(at, longest_label + dashes.size());
        auto const label = rest.substr(0, rest.find(dashes));
        if (end < at) end = text.find(finish, at);
        if (end == std::string_view::npos) break;
        auto const after = text.substr(end + finish.size());
        if (after.starts_with(label) && after.substr(label.size()).starts_with(dashes))
            found.push_back(label);
    }
    return found;
}

// Tools write other blocks beside: the parameters of a key's curve, a key before its certificate.
bool holds(std::string_view text, std::string_view kind) {
    return std::ranges::any_of(labels(text), [&](auto label) { return label.ends_with(kind); });
}

// A path, or PEM blocks of other kinds only.
Read<void> no_such_block(toml::node const& node, std::string_view text, std::string_view must_be) {
    auto const found = labels(text);
    if (found.empty()) return wrong(node, std::string{must_be}, std::string{not_a_path});
    std::string names;
    for (auto const label : found) names += (names.empty() ? "" : ", ") + quoted(label);
    return wrong(node, std::string{must_be} + "; what is there is " + names);
}

Read<void>
check_authorities(toml::table const& entry, std::vector<std::string> const& authorities) {
    for (std::size_t i = 0; i < authorities.size(); ++i)
        if (!holds(authorities[i], "CERTIFICATE"))
            return no_such_block(
                *entry.get("authorities")->as_array()->get(i),
                authorities[i],
                "each of `authorities` must be a certificate in PEM"
            );
    return {};
}

// Certificate and key: both or neither.
Read<void> check_identity(toml::table const& entry, Tls const& tls) {
    auto const* certificate = entry.get("certificate");
    auto const* key = entry.get("private_key");
    if (certificate != nullptr && !holds(tls.certificate, "CERTIFICATE"))
        return no_such_block(
            *certificate, tls.certificate, "`certificate` must be a certificate in PEM"
        );
    if (key != nullptr && !holds(tls.private_key, "PRIVATE KEY"))
        return no_such_block(*key, tls.private_key, "`private_key` must be a private key in PEM");
    if (certificate != nullptr && key == nullptr)
        return wrong(*certificate, "`certificate` needs its `private_key`");
    if (key != nullptr && certificate == nullptr)
        return wrong(*key, "`private_key` needs its `certificate`");
    return {};
}

// A list of certificates, or the word for those of the deployment.
Read<void> read_authorities(toml::table const& entry, Tls& tls) {
    auto const* node = entry.get("authorities");
    if (node == nullptr || !node->is_string()) {
        tls.authorities = TRY(texts(entry, "authorities"));
        return check_authorities(entry, tls.authorities);
    }
    if (auto const word = TRY(text(entry, "authorities")); word != of_deployment)
        return wrong(
            *node,
            "`authorities` must be a list of certificates in PEM, or \"deployment\", not " +
                quoted(*word)
        );
    tls.authorities_of_deployment = true;
    return {};
}

// A certificate with its key, or the word for the one that the Keep gets from its service.
Read<void> read_identity(toml::table const& entry, Tls& tls) {
    tls.certificate = TRY(text(entry, "certificate")).value_or("");
    tls.private_key = TRY(text(entry, "private_key")).value_or("");
    if (tls.certificate != of_keep) return check_identity(entry, tls);
    if (auto const* key = entry.get("private_key"))
        return wrong(
            *key, "certificate = \"keep\" takes no `private_key`", "the Keep has made its own"
        );
    tls.certificate.clear();
    tls.certified = true;
    return {};
}

Read<void> check_peers(toml::table const& entry, Tls const& tls) {
    for (std::size_t i = 0; i < tls.peers.size(); ++i) {
        auto const& node = *entry.get("peers")->as_array()->get(i);
        if (!is_spiffe_pattern(tls.peers[i]))
            return wrong(
                node,
                "each of `peers` must be a SPIFFE ID, not " + quoted(tls.peers[i]),
                "such as \"spiffe://steward.example/shop/db\"; with a slash at its end it stands "
                "for all below it"
            );
        if (std::ranges::find(tls.peers, tls.peers[i]) !=
            tls.peers.begin() + static_cast<std::ptrdiff_t>(i))
            return wrong(node, quoted(tls.peers[i]) + " stands twice in `peers`");
    }
    if (!tls.peers.empty() && tls.authorities.empty() && !tls.authorities_of_deployment)
        return wrong(
            *entry.get("peers"),
            "`peers` needs `authorities`",
            "they say who may issue certificates of these names"
        );
    if (tls.peers_without_hardware && tls.peers.empty())
        return wrong(
            *entry.get("peers_without_hardware"),
            "`peers_without_hardware` needs `peers`",
            "it says which of them are admitted"
        );
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

// Whom this side wants to see.
Read<void> check_others(toml::table const& entry, Tls const& tls) {
    if (tls.client_certificate && tls.authorities.empty() && !tls.authorities_of_deployment)
        return wrong(
            *entry.get("client_certificate"),
            "`client_certificate` needs `authorities`",
            "clients must chain to one of them"
        );
    if (auto const* node = entry.get("server_name"); node != nullptr && !host_name(tls.server_name))
        return wrong(*node, "`server_name` is no host name: " + quoted(tls.server_name));
    return {};
}

// Of a listener. The service that certifies this Keep certifies those of others, too: whoever may
// come has to be named.
Read<void> check_clients(toml::table const& entry, Tls const& tls) {
    auto const* node =
        entry.get(tls.authorities_of_deployment ? "authorities" : std::string_view{"peers"});
    if (node == nullptr) return {};
    if (!tls.client_certificate)
        return wrong(
            *node,
            tls.authorities_of_deployment ? "authorities = \"deployment\" needs client_certificate "
                                            "= true"
                                          : "`peers` needs client_certificate = true"
        );
    if (tls.peers.empty())
        return wrong(
            *node,
            "authorities = \"deployment\" needs `peers`",
            "the attestation service certifies Keeps of others, too: say whose may come"
        );
    return {};
}

} // namespace

Read<Tls> read_tls(toml::table const& entry, Protocol protocol, Way way) {
    if (protocol == Protocol::Tcp) {
        for (auto const key : tls_keys)
            if (auto const* node = entry.get(key))
                return wrong(*node, quoted(key) + " needs prot = \"tls\"");
        return Tls{};
    }
    Tls tls;
    tls.peers = TRY(texts(entry, "peers"));
    if (entry.contains("peers_without_hardware"))
        tls.peers_without_hardware = TRY(flag(entry, "peers_without_hardware", false));
    tls.client_certificate = TRY(flag(entry, "client_certificate", false));
    tls.alpn = TRY(texts(entry, "alpn"));
    tls.server_name = TRY(text(entry, "server_name")).value_or("");
    tls.session_tickets = TRY(flag(entry, "session_tickets", false));
    TRY(read_authorities(entry, tls));
    TRY(read_identity(entry, tls));
    TRY(check_alpn(entry, tls.alpn));
    TRY(check_others(entry, tls));
    TRY(check_peers(entry, tls));
    if (way == Way::Listen) TRY(check_clients(entry, tls));
    return tls;
}

} // namespace package
