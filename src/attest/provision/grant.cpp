#include "attest/provision/grant.hpp"

#include "crypto/cose_sign1.hpp"
#include "crypto/hpke.hpp"

namespace attest::provision {

namespace wire = protocol::provision;

base::Result<std::vector<std::byte>> seal_grant(
    AttestedChannel const& channel, crypto::P256SigningKey const& grantor, GrantWish const& wish
) {
    if (channel.recipient_key().empty()) return std::unexpected(base::Errno::Inval);
    wire::Grant grant{
        .deployment = wish.deployment,
        .keep_id = channel.keep_id(),
        .report_data = channel.report_data(),
        .package_key = wish.package_key,
        .secrets = {},
        .authorities = wish.authorities,
        .time = wish.time,
        .log = wish.log,
        .sources = wish.sources
    };
    for (auto const& [name, value] : wish.secrets) grant.secrets.emplace_back(name, value);
    crypto::SecretBytes const payload{wire::encode(grant)};
    crypto::SecretBytes const message{
        TRY(crypto::sign_message(grantor, wire::grant_type, payload.view()))
    };
    crypto::SecretBytes const padded{wire::padded(message.view())};
    auto sealed =
        TRY(crypto::hpke::seal(
            crypto::hpke::Suite(channel.suite()),
            channel.recipient_key(),
            wire::info_of_grant(channel.report_data()),
            padded.view()
        ));
    if (sealed.size() > wire::largest_grant) return std::unexpected(base::Errno::FBig);
    return sealed;
}

} // namespace attest::provision
