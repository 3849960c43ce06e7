#include "host/cli/inspect/policy.hpp"

#include "attest/appraisal.hpp"
#include "host/cli/verify/policy.hpp"
#include "package/flat/flat_toml.hpp"

#include <algorithm>

namespace host::cli {

namespace {

// Whether a line sets `base`, which each policy has and no other file of ours.
bool sets_base(std::string_view text) {
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        line.remove_prefix(std::min(line.size(), line.find_first_not_of(" \t")));
        if (!line.starts_with("base")) continue;
        line.remove_prefix(std::string_view{"base"}.size());
        line.remove_prefix(std::min(line.size(), line.find_first_not_of(" \t")));
        if (line.starts_with('=')) return true;
    }
    return false;
}

// Rules by name, each once: those that several kinds of evidence share stand in several lists.
std::vector<attest::Rule const*> rules_by_name() {
    std::vector<attest::Rule const*> out;
    for (auto const kind : attest::all_kinds())
        for (auto const* rule : attest::rules_for(kind)) out.push_back(rule);
    std::ranges::sort(out, {}, &attest::Rule::id);
    auto const again = std::ranges::unique(out, {}, &attest::Rule::id);
    out.erase(again.begin(), again.end());
    return out;
}

Json value_json(package::FlatValue const& value) {
    return std::visit([](auto const& it) { return Json(it); }, value);
}

// What the file compares with, as it stands there.
Json settings_json(std::vector<package::FlatEntry> const& entries) {
    Json out = Json::object();
    for (auto const& entry : entries)
        if (entry.name != "base" && !entry.name.starts_with("rules."))
            out[entry.name] = value_json(entry.value);
    return out;
}

// Rules that this policy judges otherwise than `strict` does.
Json differences(attest::Policy const& policy, bool on) {
    auto const strict = attest::Policy::strict();
    Json out = Json::array();
    for (auto const* rule : rules_by_name())
        if (policy.on(*rule) == on && strict.on(*rule) != on) out.push_back(rule->id);
    return out;
}

} // namespace

bool recognises_policy(Subject const& subject) {
    return !subject.folder && !subject.front.contains('\0') && sets_base(subject.front);
}

os::OrFailure<std::optional<Json>> describe_policy(Subject const& subject, Global const& global) {
    (void)global;
    auto const text = TRY(subject.contents(policy::largest_policy));
    auto const policy = TRY(policy::parse_policy(subject.path, base::view_of(text)));
    auto const entries = package::parse_flat_toml(text);
    return Json{
        {"kind", policy_recogniser.kind},
        {"file", subject.path},
        {"base", policy.strict_base() ? "strict" : "authentic"},
        {"not_checked", differences(policy, false)},
        {"checked_beside_strict", differences(policy, true)},
        {"settings", entries ? settings_json(*entries) : Json::object()},
    };
}

} // namespace host::cli
