#include "keep/exec/net/identity.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace exec::net {

using crypto::TlsCredential;
using crypto::TlsKey;
using crypto::TlsResult;

TlsResult<TlsCredential>
Identity::credential(package::Tls const& settings, std::span<std::string const> names) const {
    if (!settings.certificate.empty() || !settings.private_key.empty())
        return TlsCredential::from_pem(settings.certificate, settings.private_key);

    std::vector<std::string> all{"localhost", "127.0.0.1", "::1"};
    for (auto const& name : names)
        if (!name.empty() && std::ranges::find(all, name) == all.end()) all.push_back(name);
    auto const now = std::chrono::system_clock::now();
    return TlsCredential::self_signed(
        TRY(key()), all, std::chrono::floor<std::chrono::seconds>(now)
    );
}

TlsResult<TlsKey> Identity::key() const {
    if (!key_) key_ = TRY(TlsKey::generate());
    return key_->share();
}

} // namespace exec::net
