#include "policy/parse.hpp"

#include "attest/appraisal.hpp"
#include "base/nearest.hpp"
#include "base/view.hpp"
#include "policy/settings.hpp"

#include <algorithm>

namespace policy {

namespace {

using attest::Policy;

std::unexpected<os::Failure> failure(std::string text, std::string hint = {}) {
    return std::unexpected(
        os::Failure{.name = "policy-invalid", .text = std::move(text), .hint = std::move(hint)}
    );
}

using package::FlatEntry;

constexpr std::string_view rule_prefix = "rules.";

// `FILE:LINE:COLUMN: what`.
std::unexpected<os::Failure>
wrong(std::string const& path, FlatEntry const& entry, std::string what, std::string hint = {}) {
    return failure(
        path + ':' + std::to_string(entry.line) + ':' + std::to_string(entry.column) + ": " +
            std::move(what),
        std::move(hint)
    );
}

std::string did_you_mean(std::string_view name, std::vector<std::string_view> const& known) {
    auto const meant = base::nearest(name, known);
    return meant.empty() ? "" : "did you mean `" + std::string{meant} + "`?";
}

std::vector<std::string_view> rule_ids() {
    std::vector<std::string_view> out;
    for (auto const kind : attest::all_kinds())
        for (auto const* rule : attest::rules_for(kind)) out.push_back(rule->id);
    return out;
}

os::OrFailure<void> set_rule(Policy& policy, std::string const& path, FlatEntry const& entry) {
    auto const id = std::string_view{entry.name}.substr(rule_prefix.size());
    auto const* rule = attest::find_rule(id);
    if (rule == nullptr)
        return wrong(
            path, entry, "there is no rule `" + std::string{id} + '`', did_you_mean(id, rule_ids())
        );
    auto const* on = std::get_if<bool>(&entry.value);
    if (on == nullptr) return wrong(path, entry, "a rule is true (on) or false (off)");
    if (!*on && rule->level == attest::Level::Always)
        return wrong(
            path,
            entry,
            '`' + std::string{id} + "` cannot be turned off: without it the bytes mean nothing"
        );
    policy.set(*rule, *on);
    return {};
}

os::OrFailure<void> set_value(Policy& policy, std::string const& path, FlatEntry const& entry) {
    auto const all = settings();
    auto const found = std::ranges::find(all, entry.name, &Setting::name);
    if (found == all.end()) {
        std::vector<std::string_view> names{"base"};
        for (auto const& setting : all) names.push_back(setting.name);
        return wrong(
            path, entry, "there is no setting `" + entry.name + '`', did_you_mean(entry.name, names)
        );
    }
    auto const section = attest::section_named(entry.name.substr(0, entry.name.find('.')));
    if (!section) return wrong(path, entry, "no section holds `" + entry.name + '`');
    policy.write_down(*section);
    if (!found->apply(policy, entry.value))
        return wrong(path, entry, '`' + entry.name + "` wants " + std::string{found->wants});
    return {};
}

// The policy that a file starts from; it must say which.
os::OrFailure<Policy> base_of(std::string const& path, std::vector<FlatEntry> const& entries) {
    auto const found = std::ranges::find(entries, "base", &FlatEntry::name);
    if (found == entries.end())
        return failure(
            path + ":1:1: `base` is missing",
            "write base = \"strict\" or base = \"authentic\" first"
        );
    auto const* name = std::get_if<std::string>(&found->value);
    if (name != nullptr && *name == "strict") return Policy::strict();
    if (name != nullptr && *name == "authentic") return Policy::authentic();
    return wrong(path, *found, "`base` is \"strict\" or \"authentic\"");
}

} // namespace

os::OrFailure<Policy> parse_policy(std::string const& path, base::View text) {
    auto const entries = package::parse_flat_toml(base::text_of(text));
    if (!entries) {
        auto const& error = entries.error();
        return wrong(path, {"", false, error.line, error.column}, error.message, error.hint);
    }
    auto policy = TRY(base_of(path, *entries));
    for (auto const& entry : *entries) {
        if (entry.name == "base") continue;
        if (entry.name.starts_with(rule_prefix)) {
            TRY(set_rule(policy, path, entry));
        } else {
            TRY(set_value(policy, path, entry));
        }
    }
    return policy;
}

} // namespace policy
