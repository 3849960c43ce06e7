#include "host/cli/platform/render.hpp"

#include "host/cli/syntax/layout.hpp"
#include "host/cli/version.hpp"

#include <set>

#include <nlohmann/json.hpp>

namespace host::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string mark(bool pass, bool colours) {
    if (!colours) return pass ? "✔ " : "✗ ";
    return pass ? "\033[32m✔\033[0m " : "\033[31m✗\033[0m ";
}

// The checks of one backend. An advice that several of them share is given once.
class ChecksText {
public:
    explicit ChecksText(bool colours) : colours_{colours} {}

    void add(vmm::Checks const& checks, std::size_t depth) {
        for (auto const& check : checks) {
            out_ += std::string(2 * depth, ' ') + mark(check.pass, colours_) + check.name;
            out_ += (check.info.empty() ? "" : ": " + check.info) + '\n';
            if (!check.pass && !check.advice.empty() && given_.insert(check.advice).second)
                out_ += wrap(check.advice, 2 * depth + 4);
            add(check.parts, depth + 1);
        }
    }

    std::string const& text() const { return out_; }

private:
    bool colours_;
    std::string out_;
    std::set<std::string> given_;
};

std::string verdict(BackendState const& state) {
    if (!state.report.available()) return "not available on this host";
    if (!state.report.configured()) return "available, but not set up";
    if (state.backend->launch == nullptr)
        return "this host could run it, but this build of Enarx has no such Keep yet";
    return "ready";
}

std::string backend_text(BackendState const& state, bool colours) {
    auto const& backend = *state.backend;
    std::string const out = '\n' + mark(state.usable(), colours) + std::string{backend.name} +
                            " (" + std::string{backend.title} + "): " + verdict(state) + '\n';
    ChecksText checks{colours};
    checks.add(state.report.platform, 1);
    checks.add(state.report.setup, 1);
    return out + checks.text();
}

Json checks_json(vmm::Checks const& checks) {
    Json out = Json::array();
    for (auto const& check : checks) {
        Json one{{"name", check.name}, {"pass", check.pass}};
        one["info"] = check.info.empty() ? Json{} : Json(check.info);
        one["advice"] = check.pass || check.advice.empty() ? Json{} : Json(check.advice);
        one["parts"] = checks_json(check.parts);
        out.push_back(std::move(one));
    }
    return out;
}

Json backend_json(BackendState const& state) {
    auto const& backend = *state.backend;
    return {
        {"name", backend.name},
        {"title", backend.title},
        {"hardware", backend.tee},
        {"protection", backend.protection},
        {"available", state.report.available()},
        {"configured", state.report.available() && state.report.configured()},
        {"built", backend.launch != nullptr},
        {"usable", state.usable()},
        {"platform", checks_json(state.report.platform)},
        {"setup", checks_json(state.report.setup)},
    };
}

} // namespace

std::string platform_text(PlatformState const& state, bool colours) {
    std::string out = "Enarx " + std::string{enarx_version} + '\n';
    out += "System: " + state.system + '\n' + "CPU: " + state.cpu + '\n';
    for (auto const& backend : state.backends) out += backend_text(backend, colours);
    return out;
}

std::string platform_json(PlatformState const& state) {
    Json out{{"version", enarx_version}, {"system", state.system}, {"cpu", state.cpu}};
    out["backends"] = Json::array();
    for (auto const& backend : state.backends) out["backends"].push_back(backend_json(backend));
    return out.dump(2, ' ', true, Json::error_handler_t::replace) + '\n';
}

} // namespace host::cli
