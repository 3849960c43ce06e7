// The script for zsh, as a function of its completion system.

#include "host/cli/completion/completion.hpp"
#include "host/cli/completion/words.hpp"

namespace host::cli {

namespace {

// For a place between single quotes where ':' and brackets have a meaning.
std::string escaped(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == '\'')
            out += "'\\''";
        else if (c == ':' || c == '[' || c == ']' || c == '\\')
            out += std::string{'\\', c};
        else
            out += c;
    }
    return out;
}

std::string action(std::vector<std::string_view> const& choices, Completion completion) {
    if (!choices.empty()) return '(' + joined(choices) + ')';
    if (completion == Completion::File) return "_files";
    if (completion == Completion::Folder) return "_files -/";
    return "";
}

std::string option_spec(std::string_view name, Option const& option) {
    bool const repeats = std::holds_alternative<Values>(option.target);
    std::string out = "        '" + std::string{repeats ? "*" : ""} + std::string{name} + '[' +
                      escaped(option.help) + ']';
    if (takes_value(option))
        out += ':' + escaped(option.value) + ':' + action(option.choices, option.completion);
    return out + "' \\\n";
}

std::string command_case(CompletedCommand const& command) {
    std::string out = "    '" + command.name + "')\n      _arguments -S \\\n";
    for (auto const& option : command.options) {
        out += option_spec(option.name, option);
        if (!option.alias.empty()) out += option_spec(option.alias, option);
        if (option.letter != '\0') out += option_spec(std::string{'-', option.letter}, option);
    }
    int place = 0;
    for (auto const& operand : command.operands) {
        bool const rest = std::holds_alternative<Values>(operand.target);
        out += "        '" + (rest ? "*" : std::to_string(++place)) + ':' + escaped(operand.name) +
               ':' + (rest ? "_files" : action(operand.choices, operand.completion)) + "' \\\n";
    }
    return out + "        && return ;;\n";
}

std::string described_commands() {
    std::string out;
    for (auto const& command : completed_commands())
        if (!command.name.contains(' '))
            out += "      '" + command.name + ':' + escaped(command.summary) + "'\n";
    for (auto const& group : groups())
        if (!group.contains(' '))
            out += "      '" + group + ':' + joined(next_words(group)) + "'\n";
    return out;
}

std::string group_pattern() {
    std::string out;
    for (auto const& group : groups()) out += (out.empty() ? "'" : "|'") + group + '\'';
    return out;
}

std::string group_cases() {
    std::string out;
    for (auto const& group : groups())
        out += "    '" + group + "') compadd " + joined(next_words(group)) + "; return ;;\n";
    return out;
}

} // namespace

std::string zsh_completion() {
    std::string out = "#compdef enarx\n# Completes the command enarx in zsh.\n_enarx() {\n  local "
                      "command=$words[2]\n";
    out += "  if ((CURRENT == 2)); then\n    local -a names\n    names=(\n" + described_commands() +
           "    )\n    _describe command names\n    return\n  fi\n";
    out += "  local depth=1\n  while ((depth + 1 < CURRENT)); do\n    case $command in\n    " +
           group_pattern() +
           ") ((++depth)); command=\"$command $words[depth+1]\" ;;\n    *) break ;;\n    esac\n"
           "  done\n  case $command in\n" +
           group_cases() + "  esac\n";
    out += "  shift depth words\n  ((CURRENT -= depth))\n  case $command in\n";
    for (auto const& command : completed_commands()) out += command_case(command);
    return out + "  esac\n}\nif [[ $funcstack[1] == _enarx ]]; then _enarx \"$@\"; else compdef "
                 "_enarx enarx; fi\n";
}

} // namespace host::cli
