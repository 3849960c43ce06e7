#include "service/release/releaser.hpp"

#include "attest/provision/grant.hpp"
#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "protocol/provision/entrust.hpp"
#include "protocol/provision/log_entry.hpp"
#include "service/ca/names.hpp"
#include "service/release/ear.hpp"

#include <algorithm>

namespace service {

namespace {

namespace wire = protocol::provision;

using Body = std::vector<std::byte>;
using std::chrono::sys_seconds;

// How long a Keep may take from its grant to `ready`; until then it counts as alive.
constexpr std::uint64_t time_to_load = 15 * 60;

// With a disk that does not take the log's files; a request has ten seconds.
constexpr std::chrono::seconds patience_with_log{8};

std::uint64_t number(sys_seconds at) {
    return static_cast<std::uint64_t>(at.time_since_epoch().count());
}

std::unexpected<Denial> from(Refusal const& refusal) { return std::unexpected(denial_of(refusal)); }
std::unexpected<Denial> from(os::Failure const& failure) {
    return std::unexpected(denial_of(failure));
}

OrDenial<DeploymentRow> found(service::Answer<std::optional<DeploymentRow>> row) {
    if (!row) return from(row.error());
    if (!*row) return denied(rule::deployment, "there is no deployment of this name");
    return **std::move(row);
}

} // namespace

Digest keep_name(base::View identity_key) {
    return crypto::sha256(wire::keep_id_input(identity_key, {}));
}

struct Releaser::Secrets {
    std::optional<crypto::SecretBytes> package_key;
    std::vector<std::pair<std::string, crypto::SecretBytes>> values; // ascending by name
    std::optional<crypto::SecretBytes> registry; // that has the package (grant.hpp)
};

OrDenial<Releaser::Secrets>
Releaser::secrets_of(Terms const& terms, DeploymentRow const& row) const {
    auto const rows = parts_.store.sealed(row.name, row.serial);
    if (!rows) return from(rows.error());
    auto const open = [&](SealedKind kind,
                          std::string const& name) -> OrDenial<crypto::SecretBytes> {
        auto const at = std::ranges::find_if(*rows, [&](SealedRow const& each) {
            return each.name.kind == kind && each.name.secret == name;
        });
        if (at == rows->end())
            return denied(
                rule::secrets,
                kind == SealedKind::Secret ? "the secret " + name + " is not here yet"
                                           : "the package's key is not here yet"
            );
        auto value = parts_.sealer.open(*at);
        if (!value) return from(value.error());
        return *std::move(value);
    };
    Secrets out;
    auto key = TRY(open(SealedKind::PackageKey, ""));
    if (!key.view().empty()) out.package_key.emplace(std::move(key)); // else a plain package
    for (auto const& secret : terms.deployment().secrets) {
        std::string const name{secret.name};
        out.values.emplace_back(name, TRY(open(SealedKind::Secret, name)));
    }
    std::string const registry{wire::registry_value};
    bool const has_registry =
        std::ranges::any_of(*rows, [&](auto const& each) { return each.name.secret == registry; });
    if (has_registry) out.registry.emplace(TRY(open(SealedKind::Secret, registry)));
    return out;
}

attest::provision::Answer Releaser::judge(
    Exchange const& exchange,
    wire::Attestation const& attestation,
    wire::Purpose purpose,
    Terms const& terms,
    sys_seconds at
) const {
    auto endorsements = parts_.anchors.endorsements;
    endorsements.add_hints(attestation.endorsements, "the Keep"); // of no use: passed over
    auto const measurements = terms.measurements();
    return attest::provision::accept(
        exchange.channel,
        {.authenticator = attestation.authenticator, .binding = attestation.binding},
        {.purpose = purpose, .suite = exchange.suite, .own_key = parts_.keys.tls},
        {.endorsements = endorsements,
         .roots = parts_.anchors.roots,
         .policy = terms.policy(),
         .measurements = measurements,
         .at = at,
         .allow_no_hardware = terms.allow_no_hardware()}
    );
}

OrDenial<Body> Releaser::try_grant(
    Exchange const& exchange, wire::Attestation const& attestation, sys_seconds at
) {
    auto const row = TRY(found(parts_.store.newest(exchange.name)));
    auto const terms = TRY(Terms::of(row, parts_.settings, parts_.keys, at));
    auto const answer = judge(exchange, attestation, wire::Purpose::Provision, terms, at);
    if (auto denial = denial_of(answer, terms)) return std::unexpected(*std::move(denial));
    if (auto const wait = grants_.take(row.name, Buckets::Clock::now())) {
        constexpr unsigned too_many = 429;
        return std::unexpected(
            Denial{
                .status = too_many,
                .failure = "rate-limited",
                .detail = "many Keeps of this deployment start now",
                .wait = wait
            }
        );
    }
    auto const secrets = TRY(secrets_of(terms, row));
    // Before anything is written down: a Keep that was released is not released again.
    if (auto const trouble = parts_.log.trouble(); trouble && terms.deployment().log)
        return from(*trouble);
    auto const leaf = TRY(record(answer, terms, row, attestation, at));
    std::optional<Inclusion> shown;
    if (terms.deployment().log) {
        auto inclusion = parts_.log.inclusion(leaf, patience_with_log);
        if (!inclusion) return from(inclusion.error());
        shown = *std::move(inclusion);
    }
    return sealed_grant(*answer.channel(), row, secrets, shown, at);
}

OrDenial<LeafIndex> Releaser::record(
    attest::provision::Answer const& answer,
    Terms const& terms,
    DeploymentRow const& row,
    wire::Attestation const& attestation,
    sys_seconds at
) {
    auto const& keep = *answer.channel();
    auto const name = keep_name(keep.identity_key());
    ReleaseRow release{
        .keep_id = name,
        .deployment = row.name,
        .serial = row.serial,
        .tenant = terms.tenant_key(),
        .kind = std::string{attest::short_name_of(*answer.kind())},
        .time = number(at),
        .not_after = number(at) + time_to_load
    };
    std::ranges::copy(keep.instance(), release.instance.begin());
    auto const statement = crypto::sha256(row.statement);
    auto const evidence = crypto::sha256(attestation.authenticator);
    auto const entry = wire::encode(
        wire::entry_of(
            {.time = number(at),
             .deployment = row.name,
             .serial = row.serial,
             .statement = statement,
             .keep_id = name,
             .authenticator = evidence}
        )
    );
    auto const logged = parts_.store.release(release, terms.replicas(), entry);
    if (!logged) return from(logged.error());
    return *logged;
}

OrDenial<Body> Releaser::sealed_grant(
    attest::provision::AttestedChannel const& keep,
    DeploymentRow const& row,
    Secrets const& secrets,
    std::optional<Inclusion> const& shown,
    sys_seconds at
) const {
    attest::provision::GrantWish wish{
        .deployment = row.statement,
        .package_key = {},
        .secrets = {},
        .authorities = {parts_.authority.root().der()},
        .time = number(at)
    };
    if (secrets.package_key) wish.package_key = secrets.package_key->view();
    for (auto const& [secret, value] : secrets.values)
        wish.secrets.emplace_back(secret, value.view());
    if (secrets.registry)
        if (auto const source = wire::decode_source(secrets.registry->view()))
            wish.sources.push_back(*source);
    if (shown) wish.log = wire::Log{.checkpoint = shown->checkpoint, .proof = shown->proof};
    auto const sealed = attest::provision::seal_grant(keep, parts_.keys.grantor, wish);
    if (!sealed)
        return from(os::Failure{.name = "internal", .text = "the grant could not be sealed"});
    return wire::encode(wire::Granted{*sealed});
}

OrDenial<Body> Releaser::try_certify(
    Exchange const& exchange, wire::Attestation const& attestation, sys_seconds at
) {
    auto const name = keep_name(exchange.channel.peer_key());
    auto const released = parts_.store.released(name);
    if (!released) return from(released.error());
    if (!*released || (*released)->deployment != exchange.name)
        return denied(rule::granted, "this service has granted nothing of that name to this Keep");
    if ((*released)->revoked_at) return denied(rule::granted, "the Keep was revoked");
    auto const row = TRY(found(parts_.store.deployment(exchange.name, (*released)->serial)));
    auto const terms = TRY(Terms::of(row, parts_.settings, parts_.keys, at));
    auto const answer = judge(exchange, attestation, wire::Purpose::Ready, terms, at);
    if (auto denial = denial_of(answer, terms)) return std::unexpected(*std::move(denial));
    TRY(check_workload(*answer.channel()->runs(), terms));
    return certificate(answer, terms, row, **released, at);
}

OrDenial<Body> Releaser::certificate(
    attest::provision::Answer const& answer,
    Terms const& terms,
    DeploymentRow const& row,
    ReleaseRow const& release,
    sys_seconds at
) {
    auto const wish = TRY(leaf_wish(answer, terms, row, release, at));
    auto const leaf = parts_.authority.issue(wish, at);
    if (!leaf) return from(leaf.error());
    auto const name = keep_name(wish.identity_key);
    auto const statement = crypto::sha256(row.statement);
    auto const certificate = crypto::sha256(leaf->der);
    auto const entry = wire::encode(
        wire::LogEntry{
            .time = number(at),
            .kind = wire::LogKind::Certificate,
            .deployment = wire::LoggedDeployment{row.name, row.serial, statement},
            .keep_id = name,
            .rule = {},
            .digest = certificate,
            .accepted = true
        }
    );
    auto const logged = parts_.store.certify(
        {.serial = {leaf->serial.begin(), leaf->serial.end()},
         .keep_id = name,
         .time = number(at),
         .not_after = number(leaf->not_after)},
        entry
    );
    if (!logged) return from(logged.error());
    auto const renew = at + (leaf->not_after - at) * 2 / 3;
    return wire::encode(
        wire::Certified{
            .chain = {leaf->der, parts_.authority.intermediate().der()},
            .ear = wish.ear,
            .not_after = number(leaf->not_after),
            .renew_at = number(renew)
        }
    );
}

// What the certificate is to say, its attestation result with it.
OrDenial<LeafWish> Releaser::leaf_wish(
    attest::provision::Answer const& answer,
    Terms const& terms,
    DeploymentRow const& row,
    ReleaseRow const& release,
    sys_seconds at
) const {
    auto const& keep = *answer.channel();
    auto const& deployment = terms.deployment();
    LeafWish wish{
        .identity_key = keep.identity_key(),
        .keep = base::hex(keep_name(keep.identity_key())),
        .dns_names = {},
        .spiffe_id = spiffe_id(parts_.settings.trust_domain, row.name),
        .life = std::chrono::hours{deployment.certificate_hours},
        .deployment_ends = {},
        .hardware = keep.hardware(),
        .ear = {}
    };
    for (auto const dns : deployment.dns_names)
        if (admits(terms.tenant().dns_names, dns)) wish.dns_names.emplace_back(dns);
    if (deployment.not_after)
        wish.deployment_ends = sys_seconds{std::chrono::seconds{*deployment.not_after}};
    auto const end = parts_.authority.end_of(wish, at);
    if (!end) return from(end.error());
    auto const lines = parts_.store.leaves();
    if (!lines) return from(lines.error());
    auto ear = ear_of(
        {.appraisal = *answer.appraisal(),
         .channel = keep,
         .issuer = parts_.settings.name,
         .policy_id = policy_id(row.policy),
         .keep = wish.keep,
         .leaf = release.leaf,
         .lines = *lines,
         .at = at,
         .not_after = *end},
        parts_.keys.ear
    );
    if (!ear) return from(os::Failure{.name = "internal", .text = "the EAR could not be signed"});
    wish.ear = *std::move(ear);
    return wish;
}

void Releaser::log_denial(
    Denial const& denial,
    Exchange const& exchange,
    wire::Attestation const& attestation,
    sys_seconds at
) {
    if (denial.rule.empty() || denials_.take("", Buckets::Clock::now())) return;
    auto const name = keep_name(exchange.channel.peer_key());
    auto const digest = crypto::sha256(attestation.authenticator);
    // A denial that could not be written down is a denial all the same.
    (void)parts_.store.append(
        wire::encode(
            wire::LogEntry{
                .time = number(at),
                .kind = wire::LogKind::Denial,
                .deployment = wire::LoggedDeployment{exchange.name, 0},
                .keep_id = name,
                .rule = denial.rule,
                .digest = digest,
                .accepted = false
            }
        )
    );
}

OrDenial<Body>
Releaser::grant(Exchange const& exchange, wire::Attestation const& attestation, sys_seconds at) {
    auto out = try_grant(exchange, attestation, at);
    if (!out) log_denial(out.error(), exchange, attestation, at);
    return out;
}

OrDenial<Body>
Releaser::certify(Exchange const& exchange, wire::Attestation const& attestation, sys_seconds at) {
    auto out = try_certify(exchange, attestation, at);
    if (!out) log_denial(out.error(), exchange, attestation, at);
    return out;
}

} // namespace service
