// Requests of tenants. Who one is, the signature of what was sent tells; of what is only read, the
// key that the connection has shown.

#include "base/hex.hpp"
#include "crypto/checkpoint.hpp"
#include "crypto/cose_sign1.hpp"
#include "crypto/digest.hpp"
#include "protocol/provision/deployment.hpp"
#include "protocol/provision/entrust.hpp"
#include "protocol/provision/grant.hpp"
#include "protocol/provision/log_entry.hpp"
#include "service/api/api.hpp"
#include "service/ca/names.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace service {

namespace {

namespace wire = protocol::provision;
using net::server::problem;
using net::server::Response;
using Json = nlohmann::ordered_json;

constexpr unsigned created = 201;
constexpr unsigned bad_request = 400;
constexpr unsigned forbidden = 403;
constexpr unsigned not_found = 404;
constexpr unsigned unprocessable = 422;
constexpr std::size_t shown = 100; // Keeps and decisions

Response refused(std::string why, unsigned status = forbidden) {
    return problem(status, "deployment-refused", std::move(why));
}

Response malformed(std::string_view field) {
    return problem(
        bad_request, "request-invalid", "the body is not as it has to be: " + std::string{field}
    );
}

std::uint64_t number(std::chrono::sys_seconds at) {
    return static_cast<std::uint64_t>(at.time_since_epoch().count());
}

std::vector<std::byte> line(
    wire::LogKind kind,
    std::string_view name,
    std::uint64_t serial,
    base::View digest,
    std::optional<std::string_view> what = {}
) {
    return wire::encode(
        wire::LogEntry{
            .time = number(now()),
            .kind = kind,
            .deployment = wire::LoggedDeployment{name, serial},
            .keep_id = {},
            .rule = what,
            .digest = digest,
            .accepted = true
        }
    );
}

Response answer_of_store(Refusal const& refusal) {
    auto const denial = denial_of(refusal);
    return problem(
        refusal.why == Why::Unknown ? not_found : denial.status,
        refusal.failure.name,
        refusal.failure.text
    );
}

// What the service's configuration says against a deployment; nothing: all is well.
std::optional<Response> objection(
    wire::Deployment const& deployment,
    Tenant const& tenant,
    Settings const& settings,
    ServiceKeys const& keys
) {
    Digest const grantor = crypto::sha256(keys.grantor.public_key());
    std::string const name{deployment.name};
    if (!tenant.may_name(name) || !is_spiffe_path(name))
        return refused("tenant " + tenant.name + " may not deploy under the name " + name);
    for (auto const dns : deployment.dns_names)
        if (!admits(tenant.dns_names, dns))
            return refused("tenant " + tenant.name + " is not given the name " + std::string{dns});
    if (std::ranges::none_of(deployment.grantors, [&grantor](base::View listed) {
            return base::equal(listed, grantor);
        }))
        return refused(
            "the deployment does not list this service among its grantors: " + base::hex(grantor),
            unprocessable
        );
    if (!keeps_log(deployment, settings, keys))
        return refused(
            "the deployment names another log than this service's, " +
                crypto::verifier_key(settings.name, keys.log),
            unprocessable
        );
    if (!deployment.hardware && !tenant.allow_no_hardware)
        return refused(
            "the deployment allows Keeps that no hardware protects, and tenant " + tenant.name +
            " is not allowed that here"
        );
    return {};
}

// Whether who signs is a tenant still, and may use this name still. A key that the operator has
// taken out, since somebody else has it, is not to end what it once published, for good.
bool is_tenant_of(Settings const& settings, Digest const& signer, std::string_view deployment) {
    auto const* const tenant = settings.tenant_with(signer);
    return tenant != nullptr && tenant->may_name(deployment);
}

// Whether the deployment, as its tenant signed it, has a secret of that name.
bool names(DeploymentRow const& row, std::string_view secret) {
    auto const message = crypto::verified_message(row.statement, wire::deployment_type);
    auto const deployment = message
                                ? wire::decode_deployment(message->payload)
                                : wire::Read<wire::Deployment>{std::unexpected(message.error())};
    return deployment && std::ranges::any_of(deployment->secrets, [&](auto const& each) {
               return each.name == secret;
           });
}

// The verifier's key of the log that has to show each release; null: none has to.
Json log_named_by(DeploymentRow const& row) {
    auto const message = crypto::verified_message(row.statement, wire::deployment_type);
    if (!message) return {};
    auto const deployment = wire::decode_deployment(message->payload);
    if (!deployment || !deployment->log) return {};
    return crypto::verifier_key(deployment->log->origin, deployment->log->key);
}

} // namespace

Response Api::publish(Request const& request) {
    auto const message = crypto::verified_message(request.body, wire::deployment_type);
    if (!message && message.error().field == "signature.wrong")
        return refused("the signature is not one of the key in the deployment");
    if (!message) return malformed(message.error().field);
    auto const deployment = wire::decode_deployment(message->payload);
    if (!deployment) return malformed(deployment.error().field);
    if (deployment->name != request.part("name"))
        return problem(bad_request, "request-invalid", "path and deployment name two deployments");
    Digest const key = crypto::sha256(message->key);
    auto const* tenant = parts_.settings.tenant_with(key);
    if (tenant == nullptr) return refused("nobody here has the key " + base::hex(key));
    if (auto against = objection(*deployment, *tenant, parts_.settings, parts_.keys))
        return *std::move(against);

    DeploymentRow row{
        .name = std::string{deployment->name},
        .serial = deployment->serial,
        .statement = request.body,
        .tenant = key,
        .policy = {},
        .time = number(now())
    };
    if (deployment->policy) {
        Digest wanted{};
        std::ranges::copy(*deployment->policy, wanted.begin());
        auto const found = parts_.policies.find(wanted);
        if (found == parts_.policies.end())
            return refused("there is no policy " + base::hex(wanted) + " here", unprocessable);
        row.policy = found->second;
    }
    auto const entry =
        line(wire::LogKind::Deployment, row.name, row.serial, crypto::sha256(request.body));
    auto const done = parts_.store.publish(row, entry);
    if (done) return {.status = created, .type = "", .body = ""};
    if (done.error().why == Why::Conflict) {
        auto const there = parts_.store.deployment(row.name, row.serial);
        if (there && *there && (*there)->statement == request.body && !(*there)->withdrawn_at)
            return {.status = 200, .type = "", .body = ""};
    }
    return answer_of_store(done.error());
}

Response Api::entrust(Request const& request, bool secret) {
    auto const message = crypto::verified_message(request.body, wire::entrust_type);
    if (!message) return malformed(message.error().field);
    auto const sent = wire::decode_entrust(message->payload);
    if (!sent) return malformed(sent.error().field);
    if (sent->name != request.part("name") || sent->secret.has_value() != secret ||
        (secret && *sent->secret != request.part("secret")))
        return problem(bad_request, "request-invalid", "path and body name two values");
    std::string const name{sent->name};
    auto const row = parts_.store.deployment(name, sent->serial);
    if (!row) return answer_of_store(row.error());
    Digest const tenant = crypto::sha256(message->key);
    if (!*row || (*row)->tenant != tenant || !is_tenant_of(parts_.settings, tenant, name))
        return problem(
            not_found, "deployment-unknown", "there is no such version of that deployment of yours"
        );
    bool const registry = sent->secret == wire::registry_value;
    if (sent->secret && !registry && !names(**row, *sent->secret))
        return refused(
            "the deployment names no secret " + std::string{*sent->secret}, unprocessable
        );
    SealedName const at{
        .kind = secret ? SealedKind::Secret : SealedKind::PackageKey,
        .name = name,
        .serial = sent->serial,
        .secret = std::string{sent->secret.value_or("")}
    };
    auto const value =
        parts_.keys.recipient.open(wire::info_of_entrust(*sent, tenant), sent->sealed);
    if (!value)
        return problem(
            unprocessable, "secret-unreadable", "it is not sealed for this service under this name"
        );
    if (registry && !wire::decode_source(value->view()))
        return problem(unprocessable, "request-invalid", "that is no registry");
    auto const sealed = parts_.sealer.seal(at, value->view());
    constexpr unsigned internal = 500;
    if (!sealed) return problem(internal, sealed.error());
    auto const entry =
        line(wire::LogKind::Admin, name, sent->serial, crypto::sha256(request.body), "entrusted");
    auto const done = parts_.store.seal({.name = at, .value = *sealed}, entry);
    if (!done) return answer_of_store(done.error());
    return {.status = created, .type = "", .body = ""};
}

Response Api::withdraw(Request const& request) {
    auto const message = crypto::verified_message(request.body, wire::withdraw_type);
    if (!message) return malformed(message.error().field);
    auto const wish = wire::decode_withdraw(message->payload);
    if (!wish) return malformed(wish.error().field);
    if (wish->name != request.part("name"))
        return problem(bad_request, "request-invalid", "path and body name two deployments");
    auto const row = parts_.store.newest(wish->name);
    if (!row) return answer_of_store(row.error());
    Digest const tenant = crypto::sha256(message->key);
    if (!*row || (*row)->tenant != tenant || !is_tenant_of(parts_.settings, tenant, wish->name))
        return problem(not_found, "deployment-unknown", "there is no such deployment of yours");
    auto const entry = line(
        wire::LogKind::Deployment,
        wish->name,
        (*row)->serial,
        crypto::sha256(request.body),
        "withdrawn"
    );
    auto const done = parts_.store.withdraw(wish->name, number(now()), entry);
    if (!done && done.error().why != Why::Withdrawn) return answer_of_store(done.error());
    return {.status = 200, .type = "", .body = ""};
}

Response Api::status(Request const& request, Caller const& caller) {
    if (!caller.visitor && !request.header("authorization").empty())
        return stranger_answer(caller.wait);
    auto const name = request.part("name");
    auto const row = parts_.store.newest(name);
    if (!row) return answer_of_store(row.error());
    if (!*row || !caller.visitor || !caller.visitor->owns((*row)->tenant))
        return problem(
            not_found,
            "deployment-unknown",
            "there is no such deployment of the tenant that asks, by its key or its token"
        );
    auto const alive = parts_.store.alive(name, number(now()), shown);
    if (!alive) return answer_of_store(alive.error());
    Json keeps = Json::array();
    for (auto const& keep : *alive)
        keeps.push_back(
            {{"keep", base::hex(keep.keep_id)},
             {"serial", keep.serial},
             {"kind", keep.kind},
             {"since", keep.time},
             {"until", keep.not_after}}
        );
    Json decisions = Json::array();
    for (auto const& each : decisions_.last(name, shown)) {
        Json one{{"time", each.time}, {"step", each.step}, {"keep", each.keep}};
        one["accepted"] = each.failure.empty();
        if (!each.failure.empty()) one["failure"] = each.failure;
        if (!each.rule.empty()) one["rule"] = each.rule;
        if (!each.detail.empty()) one["detail"] = each.detail;
        decisions.push_back(std::move(one));
    }
    Json out{{"name", name}, {"serial", (*row)->serial}, {"published", (*row)->time}};
    out["log"] = log_named_by(**row);
    out["withdrawn"] = (*row)->withdrawn_at ? Json((*row)->withdrawn_at.value()) : Json();
    out["keeps"] = std::move(keeps);
    out["decisions"] = std::move(decisions);
    return {.body = out.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

void Api::add_tenants(net::server::Router& router) {
    auto const add =
        [&](std::string method, std::string pattern, Handler handler, std::uint64_t most) {
            router.add(
                {.method = std::move(method),
                 .pattern = std::move(pattern),
                 .handler = on_worker(std::move(handler)),
                 .body = most,
                 .guard = by_address()}
            );
        };
    constexpr std::uint64_t signed_size = 1024; // what a signature and its key add
    add(
        "PUT",
        "/v1/deployments/{name}",
        [this](Request const& request, auto const&) { return publish(request); },
        largest_statement
    );
    add(
        "PUT",
        "/v1/deployments/{name}/secrets/{secret}",
        [this](Request const& request, auto const&) { return entrust(request, true); },
        2 * wire::largest_secret + signed_size
    );
    add(
        "PUT",
        "/v1/deployments/{name}/key",
        [this](Request const& request, auto const&) { return entrust(request, false); },
        2 * wire::largest_secret + signed_size
    );
    add(
        "POST",
        "/v1/deployments/{name}/withdraw",
        [this](Request const& request, auto const&) { return withdraw(request); },
        signed_size
    );
    router.add(
        {.method = "GET",
         .pattern = "/v1/deployments/{name}",
         .handler = for_callers(
             Door::Everybody,
             [this](Request const& request, Caller const& who) { return status(request, who); }
         ),
         .guard = by_address()}
    );
}

} // namespace service
