#include "keep/exec/provision/states.hpp"

#include "crypto/cose_sign1.hpp"
#include "crypto/digest.hpp"
#include "keep/exec/provision/answer.hpp"
#include "keep/exec/provision/logged.hpp"
#include "os/random.hpp"
#include "protocol/provision/grant.hpp"

#include <algorithm>
#include <chrono>

namespace exec::provision {

namespace {

namespace wire = protocol::provision;
using crypto::hpke::Suite;

std::unexpected<os::Failure> refused(std::string text) {
    return std::unexpected(os::Failure{.name = "grant-refused", .text = std::move(text)});
}

std::unexpected<os::Failure> refused(wire::Wrong const& wrong) {
    return refused("the grant is not as it has to be: " + std::string{wrong.field});
}

os::Failure no_keys() {
    return {.name = "internal", .text = "there are no random numbers for the Keep's keys"};
}

bool equal_digest(base::View one, Digest const& other) { return base::equal(one, other); }

// Exactly the names of the deployment, which both sides have in ascending order.
bool same_secrets(wire::Grant const& grant, wire::Deployment const& deployment) {
    return std::ranges::equal(
        grant.secrets,
        deployment.secrets,
        {},
        &std::pair<std::string_view, base::View>::first,
        &wire::SecretPlace::name
    );
}

GrantedSource kept(wire::Source const& source) {
    GrantedSource out{
        .repository = std::string{source.repository}, .credentials = {}, .authorities = {}
    };
    if (source.credentials) out.credentials.emplace(base::view_of(*source.credentials));
    if (source.authorities) out.authorities = std::string{*source.authorities};
    return out;
}

} // namespace

os::OrFailure<Empty> Empty::born(
    Digest const& orders,
    std::optional<protocol::evidence::Measurement> const& measurement,
    std::optional<attestation::Hardware> hardware
) {
    auto key = crypto::TlsKey::generate();
    auto x25519 = crypto::hpke::Key::generate(Suite::X25519);
    auto x_wing = crypto::hpke::Key::generate(Suite::XWing);
    base::Bytes<16> instance{};
    if (!key || !x25519 || !x_wing || !os::random(instance)) return std::unexpected(no_keys());
    std::array<std::string, 1> const names{"keep"};
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto identity = crypto::TlsCredential::self_signed(std::move(*key), names, now);
    if (!identity) return std::unexpected(no_keys());
    Self self{
        .identity = std::move(*identity),
        .instance = instance,
        .orders = orders,
        .measurement = measurement,
        .hardware = std::move(hardware)
    };
    return Empty{std::make_unique<Born>(
        Born{.self = std::move(self), .x25519 = std::move(*x25519), .x_wing = std::move(*x_wing)}
    )};
}

crypto::hpke::Key const& Empty::Born::recipient(Suite suite) const {
    return suite == Suite::XWing ? x_wing : x25519;
}

OrRefusal<Answer> Empty::answer(crypto::BoundChannel const& channel, Suite suite) const {
    if (!born_)
        return std::unexpected(
            os::Failure{.name = "keep-not-empty", .text = "the Keep has had its grant"}
        );
    auto const key = born_->recipient(suite).public_key();
    auto answer = TRY(make_answer(born_->self, channel, suite, key, {}));
    answer.suite = suite;
    return answer;
}

OrRefusal<Granted> Empty::take(base::View sealed, Answer const& answered) && {
    auto const born = std::move(born_);
    if (!born) return refused("this Keep has had a grant before");
    return open(*born, sealed, answered);
}

OrRefusal<Granted> Empty::open(Born& born, base::View sealed, Answer const& answered) {
    auto const& recipient = born.recipient(answered.suite);
    auto const opened = recipient.open(wire::info_of_grant(answered.report_data), sealed);
    if (!opened) return refused("it is not sealed for this Keep and this connection");
    auto const message = wire::unpadded(opened->view());
    if (!message) return refused(message.error());
    auto const signed_grant = crypto::verified_message(*message, wire::grant_type);
    if (!signed_grant) return refused(signed_grant.error());
    auto const grant = wire::decode_grant(signed_grant->payload);
    if (!grant) return refused(grant.error());
    auto const keep_id = crypto::sha256(
        wire::keep_id_input(born.self.identity.public_key(), recipient.public_key())
    );
    if (!equal_digest(grant->keep_id, keep_id)) return refused("it is for another Keep");
    if (!base::equal(grant->report_data, answered.report_data))
        return refused("it is for other evidence than was given on this connection");

    auto const signed_deployment =
        crypto::verified_message(grant->deployment, wire::deployment_type);
    if (!signed_deployment) return refused(signed_deployment.error());
    Granted out;
    out.payload_.assign(signed_deployment->payload.begin(), signed_deployment->payload.end());
    auto deployment = wire::decode_deployment(out.payload_);
    if (!deployment) return refused(deployment.error());
    out.deployment_ = std::move(*deployment);
    out.tenant_ = crypto::sha256(signed_deployment->key);
    auto const grantor = crypto::sha256(signed_grant->key);
    out.grantor_ = grantor;
    auto const by_grantor = [&](base::View each) { return equal_digest(each, grantor); };
    if (std::ranges::none_of(out.deployment_.grantors, by_grantor))
        return refused("who signed the grant is none of the deployment's grantors");
    TRY(check_log(
        *grant, out.deployment_, {born.self.identity.public_key(), answered.authenticator}
    ));
    if (!same_secrets(*grant, out.deployment_))
        return refused("its secrets are not those that the deployment names");
    if (out.deployment_.not_after && grant->time > *out.deployment_.not_after)
        return refused("the deployment's time is over");
    if (out.deployment_.hardware && !born.self.hardware)
        return refused("the deployment wants hardware that protects the Keep, and there is none");
    if (grant->package_key) out.package_key_.emplace(*grant->package_key);
    for (auto const& [name, value] : grant->secrets)
        out.secrets_.push_back({.name = std::string{name}, .value = crypto::SecretBytes{value}});
    for (auto const& each : grant->sources) out.sources_.push_back(kept(each));
    for (auto const each : grant->authorities)
        out.authorities_.emplace_back(each.begin(), each.end());
    out.time_ = grant->time;
    out.self_ = std::move(born.self);
    return out;
}

void Granted::forget() {
    self_.reset();
    package_key_.reset();
    secrets_.clear();
    sources_.clear();
    authorities_.clear();
}

OrRefusal<Ready> Granted::loaded(Digest const& workload, Digest const& configuration) && {
    if (!self_) return refused("the grant is used up");
    Granted granted{std::move(*this)};
    forget();
    granted.sources_.clear(); // the package is here
    if (!equal_digest(granted.deployment_.workload, workload))
        return std::unexpected(
            os::Failure{
                .name = "workload-differs",
                .text = "the package holds another workload than was granted"
            }
        );
    if (!equal_digest(granted.deployment_.configuration, configuration))
        return std::unexpected(
            os::Failure{
                .name = "configuration-differs",
                .text = "the package has another configuration than was granted"
            }
        );
    return Ready{std::move(granted), workload, configuration};
}

OrRefusal<Answer> Ready::answer(crypto::BoundChannel const& channel) const {
    auto const& deployment = granted_.deployment();
    return make_answer(
        *granted_.self_,
        channel,
        Suite::XWing,
        {},
        wire::Loaded{
            .workload = workload_,
            .configuration = configuration_,
            .tenant = granted_.tenant(),
            .package = deployment.package,
            .deployment = deployment.name,
            .serial = deployment.serial
        }
    );
}

} // namespace exec::provision
