#include "host/cli/inspect/configuration.hpp"

#include "host/cli/run/configuration.hpp"
#include "package/plan/plan.hpp"

namespace host::cli {

namespace {

// Which descriptor is what, as FD_NAMES tells the application.
std::string descriptor_names(package::Configuration const& configuration) {
    auto const plan = package::make_plan(configuration, {.program = "main.wasm"});
    constexpr std::string_view key = "FD_NAMES=";
    for (auto const& pair : plan.environment)
        if (pair.starts_with(key)) return pair.substr(key.size());
    return {};
}

Json limits_json(package::Limits const& limits) {
    Json out;
    out["memory"] = limits.memory ? Json(*limits.memory) : Json{};
    out["open_files"] = limits.open_files;
    out["sockets"] = limits.sockets;
    return out;
}

} // namespace

// By content: text that parses. By name only where it is text that does not.
bool recognises_configuration(Subject const& subject) {
    if (subject.folder || subject.front.contains('\0')) return false;
    if (subject.extension() == "toml") return true;
    auto const text = subject.contents(package::max_configuration_size);
    return text && text->find_first_not_of(" \t\r\n") != std::string::npos &&
           package::parse_configuration(*text).has_value();
}

os::OrFailure<std::optional<Json>>
describe_configuration(Subject const& subject, Global const& global) {
    (void)global;
    auto const text = TRY(subject.contents(package::max_configuration_size));
    auto const parsed = package::parse_configuration(text);
    if (!parsed) return std::unexpected(configuration_failure(subject.path, parsed.error()));
    Json out{{"kind", "configuration"}, {"file", subject.path}, {"valid", true}};
    out["steward"] = parsed->steward ? Json(*parsed->steward) : Json{};
    out["args"] = parsed->args;
    out["env"] = Json(parsed->env);
    out["descriptors"] = descriptor_names(*parsed);
    out["limits"] = limits_json(parsed->limits);
    return out;
}

} // namespace host::cli
