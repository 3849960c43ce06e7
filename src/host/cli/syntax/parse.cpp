// Takes the words apart as the syntax says.

#include "host/cli/syntax/parse.hpp"

#include "base/nearest.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

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

Option const* find_letter(Syntax const& syntax, char letter) {
    auto const found = std::ranges::find(syntax.options, letter, &Option::letter);
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

// One option as it stands in the words.
struct Found {
    Option const* option;
    std::string_view value;
    std::size_t words; // that it takes, itself included
};

// "--name" and "-x" are options, "-" is none.
bool looks_like_option(std::string_view word) { return word.starts_with('-') && word != "-"; }

OrUsage<Found> read_option(Syntax const& syntax, Words words) {
    auto const word = words.front();
    auto const equals = word.find('=');
    auto const name = word.substr(0, equals);
    bool const is_long = word.starts_with("--");
    auto const* option = is_long ? find_long(syntax, name) : find_letter(syntax, word[1]);
    if (option == nullptr) return unknown(syntax, name);
    if (!takes_value(*option)) {
        if (equals != std::string_view::npos) return usage(std::string{name} + " takes no value");
        if (!is_long && word.size() > 2) return unknown(syntax, word);
        return Found{.option = option, .value = {}, .words = 1};
    }
    if (is_long && equals != std::string_view::npos)
        return Found{.option = option, .value = word.substr(equals + 1), .words = 1};
    if (!is_long && word.size() > 2)
        return Found{.option = option, .value = word.substr(2), .words = 1};
    if (words.size() < 2 || looks_like_option(words[1]))
        return usage(std::string{name} + " needs a value: " + std::string{option->value});
    return Found{.option = option, .value = words[1], .words = 2};
}

void give(Option const& option, std::string_view value) {
    if (auto const* flag = std::get_if<Flag>(&option.target))
        **flag = true;
    else if (auto const* one = std::get_if<Value>(&option.target))
        **one = std::string{value};
    else
        std::get<Values>(option.target)->emplace_back(value);
}

// For each option that takes a value and was not `given`: its variable, unless that is empty.
void take_environment(Syntax const& syntax, std::vector<Option const*> const& given) {
    for (auto const& option : syntax.options) {
        if (option.environment.empty() || !takes_value(option)) continue;
        if (std::ranges::find(given, &option) != given.end()) continue;
        auto const* value = std::getenv(std::string{option.environment}.c_str());
        if (value != nullptr && *value != '\0') give(option, value);
    }
}

// Gives the options what stands before and between the operands; answers with those.
OrUsage<std::vector<std::string>> take_options(Syntax const& syntax, Words words) {
    std::vector<std::string> operands;
    std::vector<Option const*> given;
    while (!words.empty()) {
        auto const word = words.front();
        bool const ends = word == "--" || (syntax.ends_at_operand && !looks_like_option(word));
        if (ends) {
            auto const rest = words.subspan(word == "--" ? 1 : 0);
            operands.insert(operands.end(), rest.begin(), rest.end());
            break;
        }
        if (!looks_like_option(word)) {
            operands.emplace_back(word);
            words = words.subspan(1);
            continue;
        }
        auto const found = TRY(read_option(syntax, words));
        give(*found.option, found.value);
        given.push_back(found.option);
        words = words.subspan(found.words);
    }
    take_environment(syntax, given);
    return operands;
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
    auto operands = TRY(take_options(syntax, words));
    TRY(check_choices(syntax));
    return take_operands(syntax, std::move(operands));
}

} // namespace host::cli
