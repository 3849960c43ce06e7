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

std::vector<std::string> first_words() {
    std::vector<std::string> out;
    for (auto const& command : commands()) {
        std::string word{command.name.substr(0, command.name.find(' '))};
        if (!command.hidden && std::ranges::find(out, word) == out.end())
            out.push_back(std::move(word));
    }
    return out;
}

std::vector<std::string> second_words(std::string_view group) {
    std::vector<std::string> out;
    for (auto const& command : commands())
        if (command.name.starts_with(std::string{group} + ' '))
            out.emplace_back(command.name.substr(group.size() + 1));
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
