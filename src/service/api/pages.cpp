// What the pages for people show: gathered from store, log and the last decisions.

#include "base/hex.hpp"
#include "crypto/base64.hpp"
#include "crypto/cose_sign1.hpp"
#include "protocol/provision/deployment.hpp"
#include "service/api/api.hpp"
#include "service/page/assets.hpp"
#include "service/page/page.hpp"

#include <algorithm>

namespace service {

namespace {

namespace wire = protocol::provision;
using net::server::Response;

constexpr unsigned unauthorized = 401;
constexpr unsigned not_found = 404;
constexpr std::size_t most_deployments = 200;
constexpr std::size_t most_shown = 100; // Keeps and decisions

std::string visitor_text(Visitor const& visitor) {
    return visitor.tenant == nullptr ? "the operator" : "tenant " + visitor.tenant->name;
}

// How a deployment says what it is; nothing of it where it cannot be read any more.
DeploymentLine line_of(DeploymentRow const& row, Settings const& settings) {
    auto const* const tenant = settings.tenant_with(row.tenant);
    constexpr std::size_t short_name = 16;
    DeploymentLine out{
        .name = row.name,
        .tenant =
            tenant != nullptr ? tenant->name : "key " + base::hex(row.tenant).substr(0, short_name),
        .serial = row.serial,
        .published = row.time,
        .withdrawn = row.withdrawn_at.has_value()
    };
    auto const message = crypto::verified_message(row.statement, wire::deployment_type);
    if (!message) return out;
    auto const deployment = wire::decode_deployment(message->payload);
    if (!deployment) return out;
    out.hardware = deployment->hardware;
    out.replicas = tenant != nullptr ? std::min(deployment->replicas, tenant->replicas) : 0;
    return out;
}

KeepLine line_of(ReleaseRow const& row) {
    return {
        .keep = base::hex(row.keep_id),
        .deployment = row.deployment,
        .serial = row.serial,
        .kind = row.kind,
        .since = row.time,
        .until = row.not_after
    };
}

std::vector<CheckpointLine> lines_of(Log const& log) {
    auto recent = log.recent();
    if (recent.empty()) recent.push_back({.head = log.head(), .time = 0});
    std::vector<CheckpointLine> out;
    for (auto const& [head, time] : recent)
        out.push_back({.size = head.size, .root = crypto::encode_base64(head.root), .time = time});
    return out;
}

} // namespace

Answer<std::vector<DeploymentRow>> Api::deployments_of(Visitor const& visitor) const {
    auto const most = most_deployments + 1;
    if (visitor.tenant == nullptr) return parts_.store.deployments({}, "", most);
    std::vector<DeploymentRow> out;
    for (auto const& key : visitor.tenant->keys)
        for (auto& row : TRY(parts_.store.deployments(key, "", most)))
            out.push_back(std::move(row));
    std::ranges::sort(out, {}, &DeploymentRow::name);
    return out;
}

Answer<PageContents>
Api::page_contents(Visitor const& visitor, std::vector<DeploymentRow> const& rows) const {
    auto const at = static_cast<std::uint64_t>(now().time_since_epoch().count());
    bool const operators = visitor.role == Visitor::Role::Operator;
    PageContents out{
        .service = parts_.settings.name,
        .visitor = visitor_text(visitor),
        .of_the_operator = operators,
        .unguarded = operators && !access_.operator_is_named(),
        .now = at,
        .more = rows.size() > most_deployments,
        .checkpoints = lines_of(parts_.log),
        .checkpoint = parts_.log.checkpoint(),
        .verifier_key = parts_.log.verifier_key()
    };
    std::set<std::string, std::less<>> names;
    for (auto const& row : rows) {
        if (out.deployments.size() == most_deployments) break;
        auto line = line_of(row, parts_.settings);
        line.alive = TRY(parts_.store.count_alive(row.name, at));
        out.deployments.push_back(std::move(line));
        names.insert(row.name);
        if (out.keeps.size() == most_shown) continue;
        for (auto const& keep :
             TRY(parts_.store.alive(row.name, at, most_shown - out.keeps.size())))
            out.keeps.push_back(line_of(keep));
    }
    std::ranges::sort(out.keeps, std::greater{}, &KeepLine::since);
    out.decisions = decisions_.last_of(names, most_shown);
    return out;
}

Response Api::overview(Caller const& caller) const {
    auto const rows = deployments_of(*caller.visitor);
    if (!rows) return answer_of(denial_of(rows.error()));
    auto contents = page_contents(*caller.visitor, *rows);
    if (!contents) return answer_of(denial_of(contents.error()));
    contents->may_leave = caller.by_cookie;
    // Whoever asks for a name that does not exist is the operator's to see.
    if (contents->of_the_operator) contents->decisions = decisions_.last("", most_shown);
    return page_answer(page_text(*contents));
}

Response Api::page_of_one(Request const& request, Caller const& caller) const {
    auto const row = parts_.store.newest(request.part("name"));
    if (!row) return answer_of(denial_of(row.error()));
    // What is another's is not there: the same words, the same status.
    if (!*row || !caller.visitor->owns((*row)->tenant))
        return page_answer(missing_text(parts_.settings.name), not_found);
    auto contents = page_contents(*caller.visitor, {**row});
    if (!contents) return answer_of(denial_of(contents.error()));
    contents->may_leave = caller.by_cookie;
    contents->deployment = (*row)->name;
    return page_answer(page_text(*contents));
}

void Api::add_pages(net::server::Router& router, Door door) {
    using Page = std::function<Response(Request const&, Caller const&)>;
    auto const page = [&](std::string pattern, Page shown) {
        auto const handler =
            [this, door, shown = std::move(shown)](Request const& request, Caller const& caller) {
                bool const reader =
                    caller.visitor && caller.visitor->role != Visitor::Role::Verifier;
                if (reader) return shown(request, caller);
                auto const knock = caller.wait ? Knock::TooOften : Knock::Asked;
                bool const operators = door == Door::Operator;
                auto out =
                    page_answer(login_text(parts_.settings.name, operators, knock), unauthorized);
                out.headers.emplace_back("WWW-Authenticate", "Bearer");
                return out;
            };
        router.add(
            {.method = "GET",
             .pattern = std::move(pattern),
             .handler = for_callers(door, handler),
             .guard = at_the_door(door)}
        );
    };
    page("/", [this](Request const&, Caller const& caller) { return overview(caller); });
    page("/deployments/{name}", [this](Request const& request, Caller const& caller) {
        return page_of_one(request, caller);
    });
    auto const asset = [&](std::string pattern, std::string type, std::string_view content) {
        router.add(
            {.method = "GET",
             .pattern = std::move(pattern),
             .handler =
                 [type = std::move(type), content](Request const&, Client&) {
                     auto out = page_answer(std::string{content});
                     out.type = type;
                     return out;
                 },
             .guard = at_the_door(door)}
        );
    };
    asset("/page.css", "text/css; charset=utf-8", page_style());
    asset("/icon.svg", "image/svg+xml", page_icon());
    add_doors(router, door);
}

} // namespace service
