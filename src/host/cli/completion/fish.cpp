// The script for fish.

#include "host/cli/completion/completion.hpp"
#include "host/cli/completion/words.hpp"

namespace host::cli {

namespace {

std::string quoted(std::string_view text) {
    std::string out = "'";
    for (char const c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + '\'';
}

// True while the words typed so far are those of the command.
std::string seen(std::string_view command) {
    std::string out;
    while (!command.empty()) {
        auto const word = command.substr(0, command.find(' '));
        out += (out.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + std::string{word});
        command.remove_prefix(std::min(word.size() + 1, command.size()));
    }
    return out;
}

std::string values(std::vector<std::string_view> const& choices, Completion completion) {
    if (!choices.empty()) return " -x -a " + quoted(joined(choices));
    if (completion == Completion::File) return " -r -F";
    if (completion == Completion::Folder) return " -x -a '(__fish_complete_directories)'";
    return " -x";
}

std::string option_line(std::string const& condition, Option const& option) {
    std::string out =
        "complete -c enarx -n " + quoted(condition) + " -l " + std::string{option.name.substr(2)};
    if (!option.alias.empty()) out += " -l " + std::string{option.alias.substr(2)};
    if (option.letter != '\0') out += std::string{" -s "} + option.letter;
    if (takes_value(option)) out += values(option.choices, option.completion);
    return out + " -d " + quoted(option.help) + '\n';
}

} // namespace

std::string fish_completion() {
    std::string out = "# Completes the command enarx in fish.\ncomplete -c enarx -f\n";
    for (auto const& word : first_words())
        out += "complete -c enarx -n __fish_use_subcommand -a " + word + '\n';
    for (auto const& group : groups())
        for (auto const& next : next_words(group))
            out += "complete -c enarx -n " +
                   quoted(
                       seen(group) + "; and not __fish_seen_subcommand_from " +
                       joined(next_words(group))
                   ) +
                   " -a " + next + '\n';
    for (auto const& command : completed_commands()) {
        auto const condition = seen(command.name);
        for (auto const& option : command.options) out += option_line(condition, option);
        for (auto const& operand : command.operands)
            out += "complete -c enarx -n " + quoted(condition) +
                   values(
                       operand.choices,
                       operand.completion == Completion::Nothing && operand.choices.empty()
                           ? Completion::File
                           : operand.completion
                   ) +
                   '\n';
    }
    return out;
}

} // namespace host::cli
