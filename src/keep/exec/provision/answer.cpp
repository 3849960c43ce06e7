#include "keep/exec/provision/answer.hpp"

#include "crypto/digest.hpp"
#include "protocol/provision/cmw.hpp"

namespace exec::provision {

namespace wire = protocol::provision;

namespace {

// The report as hardware signed it, whose report data the shim has made of the same words; or what
// a Keep without hardware says.
OrRefusal<Bytes> evidence_of(Self const& self, wire::Purpose purpose, Answer const& answer) {
    if (!self.hardware)
        return protocol::evidence::encode(
            protocol::evidence::NoHardwareBound{
                .purpose = wire::text_of(purpose),
                .binding = answer.binding,
                .measurement = self.measurement,
                .report_data = answer.report_data
            }
        );
    auto report = self.hardware->report(wire::evidence_purpose(purpose), answer.binding);
    if (report) return std::move(*report);
    return std::unexpected(
        os::Failure{
            .name = "evidence-unavailable",
            .text = "the secure processor does not answer as it should: " +
                    std::string{os::description(report.error())}
        }
    );
}

} // namespace

OrRefusal<Answer> make_answer(
    Self const& self,
    crypto::BoundChannel const& channel,
    crypto::hpke::Suite suite,
    base::View recipient_key,
    std::optional<wire::Loaded> const& loaded
) {
    auto const unbound = [](std::string text) {
        return std::unexpected(os::Failure{.name = "channel-unbound", .text = std::move(text)});
    };
    if (!channel.tls_1_3() || channel.resumed())
        return unbound("evidence is given on connections of TLS 1.3 alone that resume no other");
    auto const identity_key = self.identity.public_key();
    auto const binder = channel.binder(identity_key);
    auto const peer_key = channel.peer_key();
    auto const peer = crypto::sha256(peer_key);
    wire::Binding const binding{
        .suite = static_cast<std::uint8_t>(suite),
        .end = wire::End(channel.keep_is()),
        .identity_key = identity_key,
        .recipient_key = recipient_key,
        .binder = binder,
        .peer = peer_key.empty() ? std::nullopt : std::optional<base::View>{peer},
        .orders = self.orders,
        .instance = self.instance,
        .loaded = loaded
    };
    Answer out;
    out.binding = wire::encode(binding);
    out.report_data = crypto::sha512(wire::report_data_input(binding.purpose(), out.binding));
    auto const evidence = TRY(evidence_of(self, binding.purpose(), out));
    auto authenticator = crypto::authenticator::make(
        channel.secrets(), channel.request(), self.identity, wire::wrapped_evidence(evidence)
    );
    if (!authenticator) return unbound("that is no request for an authenticator");
    out.authenticator = std::move(*authenticator);
    if (self.hardware) out.certificates = self.hardware->certificates;
    return out;
}

} // namespace exec::provision
