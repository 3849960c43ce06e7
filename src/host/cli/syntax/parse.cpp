// Checks the words against the syntax, then has CLI11 take them apart. The only file that includes
// CLI11, which throws.

#include "host/cli/syntax/parse.hpp"

#include "base/nearest.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <CLI/CLI.hpp>

namespace host::cli {

bool takes_value(Option const& option) { return !std::holds_alternative<Flag>(option.target); }

namespace {

std::unexpected<UsageError> usage(std::string text, std::string hint = {}) {
    return std::unexpected(UsageError{std::move(text), std::move(hint)});
}

Option const* find_long(Syntax const& syntax, std::string_view name) {
    auto const named = [&](Option const& option) {
        return name == option.name || (!option.alias.empty() && name == option.alias);
    };
    auto const found = std::ranges::find_if(syntax.options, named);
    return found == syntax.options.end() ? nullptr : &*found;
}

std::unexpected<UsageError> unknown(Syntax const& syntax, std::string_view name) {
    std::vector<std::string_view> names;
    for (auto const& option : syntax.options) names.push_back(option.name);
    auto const meant = base::nearest(name, names);
    return usage(
        "unknown option '" + std::string{name} + '\'',
        meant.empty() ? "" : "did you mean " + std::string{meant} + '?'
    );
}

// How many words one option takes, itself included; -x and --name alike.
OrUsage<std::size_t> option_length(Syntax const& syntax, Words words) {
    auto const word = words.front();
    auto const equals = word.find('=');
    auto const name = word.substr(0, equals);
    auto const* option = find_long(syntax, name);
    if (!word.starts_with("--"))
        for (auto const& candidate : syntax.options)
            if (candidate.letter != '\0' && word[1] == candidate.letter) option = &candidate;
    if (option == nullptr) return unknown(syntax, name);
    bool const is_long = word.starts_with("--");
    if (!takes_value(*option)) {
        if (equals != std::string_view::npos) return usage(std::string{name} + " takes no value");
        if (!is_long && word.size() > 2) return unknown(syntax, word);
        return 1;
    }
    bool const attached = is_long ? equals != std::string_view::npos : word.size() > 2;
    if (attached) return 1;
    if (words.size() < 2)
        return usage(std::string{name} + " needs a value: " + std::string{option->value});
    return 2;
}

// The options before the words that are none, and those.
struct Split {
    std::vector<std::string> options;
    std::vector<std::string> operands;
};

OrUsage<Split> split(Syntax const& syntax, Words words) {
    Split out;
    while (!words.empty()) {
        auto const word = words.front();
        if (word == "--") {
            out.operands.insert(out.operands.end(), words.begin() + 1, words.end());
            return out;
        }
        if (word == "-" || !word.starts_with('-')) {
            if (syntax.ends_at_operand) {
                out.operands.insert(out.operands.end(), words.begin(), words.end());
                return out;
            }
            out.operands.emplace_back(word);
            words = words.subspan(1);
            continue;
        }
        auto const length = TRY(option_length(syntax, words));
        out.options.insert(
            out.options.end(), words.begin(), words.begin() + static_cast<std::ptrdiff_t>(length)
        );
        words = words.subspan(length);
    }
    return out;
}

std::string names_of(Option const& option) {
    std::string names{option.name};
    if (option.letter != '\0') names += std::string{",-"} + option.letter;
    if (!option.alias.empty()) names += ',' + std::string{option.alias};
    return names;
}

void declare(CLI::App& app, Option const& option) {
    CLI::Option* added = nullptr;
    if (auto const* flag = std::get_if<Flag>(&option.target)) {
        added = app.add_flag(names_of(option), **flag);
    } else if (auto const* value = std::get_if<Value>(&option.target)) {
        added = app.add_option_function<std::string>(
            names_of(option), [target = *value](std::string const& text) { *target = text; }
        );
        added->take_last();
    } else {
        added = app.add_option(names_of(option), *std::get<Values>(option.target));
        added->allow_extra_args(false);
    }
    if (!option.environment.empty()) added->envname(std::string{option.environment});
}

OrUsage<void> parse_options(Syntax const& syntax, std::vector<std::string> words) {
    CLI::App app;
    app.set_help_flag();
    for (auto const& option : syntax.options) declare(app, option);
    std::ranges::reverse(words); // as CLI11 takes them
    try {
        app.parse(std::move(words));
    } catch (CLI::Error const& error) {
        return usage(error.what());
    } catch (std::exception const& error) {
        return usage(error.what());
    }
    return {};
}

OrUsage<void> check_choices(Syntax const& syntax) {
    for (auto const& option : syntax.options) {
        auto const* value = std::get_if<Value>(&option.target);
        if (value == nullptr || option.choices.empty() || !**value) continue;
        std::string_view const given = ***value;
        if (std::ranges::find(option.choices, given) != option.choices.end()) continue;
        std::string all;
        for (auto const choice : option.choices)
            all += (all.empty() ? "" : ", ") + std::string{choice};
        return usage(
            std::string{option.name} + " cannot be '" + std::string{given} + '\'',
            "it is one of: " + all
        );
    }
    return {};
}

OrUsage<void> take_operands(Syntax const& syntax, std::vector<std::string> words) {
    std::size_t next = 0;
    for (auto const& operand : syntax.operands) {
        if (operand.required && next == words.size())
            return usage("no " + std::string{operand.name} + " is given");
        if (auto const* all = std::get_if<Values>(&operand.target)) {
            (*all)->assign(words.begin() + static_cast<std::ptrdiff_t>(next), words.end());
            next = words.size();
        } else if (
            auto const* one = std::get_if<Value>(&operand.target);
            one != nullptr && next < words.size()
        ) {
            **one = words[next++];
        }
    }
    if (next < words.size()) return usage("'" + words[next] + "' is one argument too many");
    return {};
}

} // namespace

OrUsage<void> parse(Syntax const& syntax, Words words) {
    auto parts = TRY(split(syntax, words));
    TRY(parse_options(syntax, std::move(parts.options)));
    TRY(check_choices(syntax));
    return take_operands(syntax, std::move(parts.operands));
}

} // namespace host::cli
