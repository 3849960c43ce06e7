#include "host/cli/completion/words.hpp"

#include <algorithm>

namespace host::cli {

std::vector<CompletedCommand> completed_commands() {
    std::vector<CompletedCommand> out;
    static bool help = false;
    for (auto const& command : commands()) {
        if (command.hidden) continue;
        auto const use = command.use();
        Global global;
        auto syntax = use->syntax(global);
        syntax.options.push_back(
            {.name = "--help", .letter = 'h', .help = "Show the help.", .target = &help}
        );
        out.push_back(
            {std::string{command.name},
             std::string{command.summary},
             std::move(syntax.options),
             std::move(syntax.operands)}
        );
    }
    return out;
}

namespace {

void add_once(std::vector<std::string>& words, std::string word) {
    if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
}

} // namespace

std::vector<std::string> first_words() {
    std::vector<std::string> out;
    for (auto const& command : commands())
        if (!command.hidden)
            add_once(out, std::string{command.name.substr(0, command.name.find(' '))});
    return out;
}

std::vector<std::string> groups() {
    std::vector<std::string> out;
    for (auto const& command : commands())
        for (auto at = command.name.find(' '); at != std::string_view::npos;
             at = command.name.find(' ', at + 1))
            if (!command.hidden) add_once(out, std::string{command.name.substr(0, at)});
    return out;
}

std::vector<std::string> next_words(std::string_view group) {
    std::vector<std::string> out;
    for (auto const& command : commands()) {
        if (command.hidden || !command.name.starts_with(std::string{group} + ' ')) continue;
        auto const rest = command.name.substr(group.size() + 1);
        add_once(out, std::string{rest.substr(0, rest.find(' '))});
    }
    return out;
}

std::string joined(std::vector<std::string> const& words) {
    std::string out;
    for (auto const& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
}

std::string joined(std::vector<std::string_view> const& words) {
    return joined(std::vector<std::string>{words.begin(), words.end()});
}

std::string option_words(std::vector<Option> const& options) {
    std::string out;
    for (auto const& option : options) {
        if (option.letter != '\0') out += std::string{'-', option.letter, ' '};
        out += std::string{option.name} + ' ';
        if (!option.alias.empty()) out += std::string{option.alias} + ' ';
    }
    out.pop_back();
    return out;
}

} // namespace host::cli
