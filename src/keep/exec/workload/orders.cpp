// Reads the launch block's items; what only exec can refuse is refused here.

#include "keep/exec/workload/orders.hpp"

#include "base/hex.hpp"
#include "base/view.hpp"
#include "protocol/provision/binding.hpp"

namespace exec {

namespace {

using protocol::launch::Item;
using protocol::launch::Kind;

std::unexpected<os::Failure> refused(std::string_view why) {
    return std::unexpected(
        os::Failure{
            .name = "launch-block-invalid",
            .text = "the launch block is invalid: " + std::string{why}
        }
    );
}

std::optional<Action> action_of(std::string_view text) {
    if (text == "run") return Action::Run;
    if (text == "inspect") return Action::Inspect;
    if (text == "digests") return Action::Digests;
    if (text == "provision") return Action::Provision;
    return {};
}

// The launch block's decoder has checked its size.
protocol::evidence::Measurement measurement_of(std::string_view text) {
    auto rest = base::view_of(text);
    return base::take<protocol::evidence::Measurement>(rest).value_or(
        protocol::evidence::Measurement{}
    );
}

// NOLINTNEXTLINE(readability-function-size): a table, one row for each kind
void take(Orders& orders, Item const& item) {
    switch (item.kind) {
    case Kind::Action:
        orders.action = action_of(item.text).value_or(Action::Run);
        return;
    case Kind::Module:
        orders.module = item.descriptor;
        orders.module_name = item.text;
        return;
    case Kind::Configuration:
        orders.configuration = item.text;
        return;
    case Kind::Argument:
        orders.args.push_back(item.text);
        return;
    case Kind::Environment:
        orders.env.push_back(item.text);
        return;
    case Kind::Directory:
        orders.directories.push_back({.descriptor = item.descriptor, .path = item.text});
        return;
    case Kind::HostDirectory:
        orders.host_directories.push_back({.descriptor = item.descriptor, .path = item.text});
        return;
    case Kind::PackageDirectory:
        orders.package_directory = item.descriptor;
        return;
    case Kind::Artefact:
        orders.artefact = item.descriptor;
        return;
    case Kind::ArtefactSink:
        orders.artefact_sink = item.descriptor;
        return;
    case Kind::Channel:
        orders.channel = item.descriptor;
        return;
    case Kind::Blobs:
        orders.blobs = item.descriptor;
        return;
    case Kind::Pull:
    case Kind::Steward:
    case Kind::StewardPin:
        return; // together: take_pull()
    case Kind::Places:
        orders.places = item.text;
        return;
    case Kind::Invoke:
        orders.invoke = item.text;
        return;
    case Kind::MaxMemory:
        orders.max_memory = item.number();
        return;
    case Kind::TimeoutMs:
        orders.timeout_ms = item.number();
        return;
    case Kind::LogFilter:
        orders.log_filter = item.text;
        return;
    case Kind::LogFormat:
        orders.log_format = item.text;
        return;
    case Kind::LogTarget:
        orders.log_target = item.text;
        return;
    case Kind::Timings:
        orders.started_ns = item.number();
        return;
    case Kind::Measurement:
        orders.measurement = measurement_of(item.text);
        return;
    case Kind::Certificates:
        orders.certificates = item.text;
        return;
    case Kind::Backend:
        return; // the Keep knows by itself where it runs
    }
}

// What a Keep that a tenant provisions takes of its host: nothing that it would run, read or be
// told.
bool for_a_provisioned_keep(Kind kind) {
    switch (kind) {
    case Kind::Action:
    case Kind::Channel:
    case Kind::Blobs:
    case Kind::Pull:
    case Kind::Steward:
    case Kind::StewardPin:
    case Kind::Places:
    case Kind::Backend:
    case Kind::Measurement:
    case Kind::Certificates:
    case Kind::MaxMemory:
    case Kind::LogFilter:
    case Kind::LogFormat:
    case Kind::LogTarget:
    case Kind::Timings:
        return true;
    default:
        return false;
    }
}

// All three of them, or none.
os::OrFailure<void> take_pull(Orders& orders, protocol::launch::Items const& items) {
    std::optional<std::string_view> deployment;
    std::optional<std::string_view> steward;
    std::optional<std::string_view> pin;
    for (auto const item : items) {
        if (item.kind == Kind::Pull) deployment = item.text;
        if (item.kind == Kind::Steward) steward = item.text;
        if (item.kind == Kind::StewardPin) pin = item.text;
    }
    if (!deployment && !steward && !pin) return {};
    if (!deployment || !steward || !pin)
        return refused("it names a deployment, a service or its key, and not all three");
    if (orders.action != Action::Provision)
        return refused("what it runs is no part of a deployment");
    if (!protocol::provision::is_deployment_name(*deployment))
        return refused("its deployment has no name");
    OrderedPull out{.deployment = *deployment, .steward = *steward};
    if (!base::unhex(*pin, out.pin)) return refused("the key of its service is no SHA-256");
    orders.pull = out;
    return {};
}

os::OrFailure<Action> ordered_action(protocol::launch::Items const& items) {
    for (auto const item : items) {
        if (item.kind != Kind::Action) continue;
        auto const action = action_of(item.text);
        if (!action) return refused("its action is unknown");
        return *action;
    }
    return refused("it has no action");
}

} // namespace

os::OrFailure<Orders> take_orders(protocol::launch::Items const& items, Code code) {
    Orders orders;
    orders.code = code;
    orders.action = TRY(ordered_action(items));
    for (auto const item : items) {
        if (orders.action == Action::Provision && !for_a_provisioned_keep(item.kind))
            return refused("a Keep that a tenant provisions takes nothing else of its host");
        if (item.kind == Kind::Environment && (item.text.empty() || item.text.starts_with('=')))
            return refused("a variable of the environment has no name");
        bool const compiled = item.kind == Kind::Artefact || item.kind == Kind::ArtefactSink;
        if (compiled && code == Code::OwnOnly)
            return refused("this Keep takes no code that was compiled elsewhere, and gives none");
        take(orders, item);
    }
    bool const provisioned = orders.action == Action::Provision;
    TRY(take_pull(orders, items));
    if (provisioned && !orders.channel && !orders.pull)
        return refused("it has no channel and no service to ask");
    if (!provisioned && orders.module == protocol::launch::no_descriptor)
        return refused("it has no module");
    return orders;
}

} // namespace exec
