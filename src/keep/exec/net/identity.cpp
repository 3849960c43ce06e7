#include "keep/exec/net/identity.hpp"

#include "os/socket_address.hpp"

#include <algorithm>
#include <chrono>

namespace exec::net {

using crypto::TlsCredential;
using crypto::TlsKey;
using crypto::TlsResult;

namespace {

bool brings_its_own(package::Tls const& settings) {
    return !settings.certificate.empty() || !settings.private_key.empty();
}

template <class Socket> bool presents_the_keeps(Socket const& entry) {
    return entry.protocol == package::Protocol::Tls && !brings_its_own(entry.tls);
}

} // namespace

Identity::Identity(std::span<package::File const> files) : names_{"localhost", "127.0.0.1", "::1"} {
    for (auto const& file : files) {
        auto const* connect = std::get_if<package::Connect>(&file);
        if (connect != nullptr && presents_the_keeps(*connect)) presented_ = true;
        auto const* listen = std::get_if<package::Listen>(&file);
        if (listen == nullptr || !presents_the_keeps(*listen)) continue;
        presented_ = true;
        add_name(listen->tls.server_name);
        auto const address = os::SocketAddress::parse(listen->address, listen->port);
        if (!address) add_name(listen->address);
        if (address && !address->unspecified()) add_name(address->address());
    }
}

void Identity::add_name(std::string const& name) {
    if (!name.empty() && std::ranges::find(names_, name) == names_.end()) names_.push_back(name);
}

bool Identity::is_shown_for(package::Tls const& settings) { return !brings_its_own(settings); }

TlsResult<TlsCredential> Identity::credential(package::Tls const& settings) const {
    if (brings_its_own(settings))
        return TlsCredential::from_pem(settings.certificate, settings.private_key);
    return own();
}

TlsResult<std::optional<std::string>> Identity::certificate() const {
    if (!presented_) return std::nullopt;
    auto const credential = TRY(own());
    return TRY(credential.leaf_pem());
}

std::shared_ptr<LiveCredential const> Identity::live(package::Tls const& settings) const {
    return brings_its_own(settings) ? nullptr : live_;
}

TlsResult<TlsCredential> Identity::own() const {
    if (live_) return live_->now();
    if (!own_) {
        auto key = given_ ? given_->private_key() : TRY(TlsKey::generate());
        auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        own_ = TRY(TlsCredential::self_signed(std::move(key), names_, now));
    }
    return own_->share();
}

} // namespace exec::net
