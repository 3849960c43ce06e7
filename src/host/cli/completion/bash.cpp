// The script for bash 4 and later.

#include "host/cli/completion/completion.hpp"
#include "host/cli/completion/words.hpp"

namespace host::cli {

namespace {

std::string reply(std::string_view action, std::string_view words) {
    return "COMPREPLY=($(compgen " + std::string{action} +
           (words.empty() ? "" : " -W '" + std::string{words} + '\'') + " -- \"$word\"))";
}

std::string candidates(std::vector<std::string_view> const& choices, Completion completion) {
    if (!choices.empty()) return reply("", joined(choices));
    if (completion == Completion::File) return reply("-f", "");
    if (completion == Completion::Folder) return reply("-d", "");
    return "COMPREPLY=()";
}

// What follows an option that takes a value.
std::string value_cases(std::vector<Option> const& options) {
    std::string out;
    for (auto const& option : options) {
        if (!takes_value(option)) continue;
        out += "            " + std::string{option.name} +
               (option.alias.empty() ? "" : '|' + std::string{option.alias}) + ") " +
               candidates(option.choices, option.completion) + "; return ;;\n";
    }
    return out;
}

std::string command_case(CompletedCommand const& command) {
    std::string out = "    '" + command.name + "')\n        case $before in\n" +
                      value_cases(command.options) + "        esac\n";
    out += "        if [[ $word == -* ]]; then\n            " +
           reply("", option_words(command.options)) + "\n";
    if (!command.operands.empty())
        out += "        else\n            " +
               candidates(command.operands[0].choices, command.operands[0].completion) + "\n";
    return out + "        fi ;;\n";
}

std::string group_cases() {
    std::string out;
    for (auto const& group : groups())
        out += "    '" + group + "') " + reply("", joined(next_words(group))) + " ;;\n";
    return out;
}

std::string group_pattern() {
    std::string out;
    for (auto const& group : groups()) out += (out.empty() ? "'" : "|'") + group + '\'';
    return out;
}

} // namespace

std::string bash_completion() {
    std::string out =
        R"(# Completes the command enarx in bash.
_enarx() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
    compopt -o default 2>/dev/null
    if ((COMP_CWORD == 1)); then
        )" +
        reply(
            "",
            joined(first_words()) + " help --help --version --log-filter --log-format --log-target"
        ) +
        R"(
        return
    fi
    local at
    for ((at = 2; at < COMP_CWORD; ++at)); do
        case $command in
        )" +
        group_pattern() +
        R"() command="$command ${COMP_WORDS[at]}" ;;
        esac
    done
    case $command in
)";
    out += group_cases();
    for (auto const& command : completed_commands()) out += command_case(command);
    return out + "    esac\n}\ncomplete -F _enarx enarx\n";
}

} // namespace host::cli
