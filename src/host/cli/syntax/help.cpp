#include "host/cli/syntax/help.hpp"

#include "host/cli/exit_statuses.hpp"
#include "host/cli/syntax/layout.hpp"

namespace host::cli {

namespace {

constexpr std::size_t option_column = 26;
constexpr std::size_t command_column = 24;

std::string option_text(Option const& option) {
    std::string text{option.help};
    if (!option.environment.empty())
        text += " [environment: " + std::string{option.environment} + ']';
    return text;
}

std::string options_section(std::vector<Option> const& options) {
    std::string out = "\nOptions:\n";
    for (auto const& option : options)
        out += two_columns(option_names(option), option_text(option), option_column);
    return out + two_columns("-h, --help", "Show this help.", option_column);
}

std::string operands_section(std::vector<Operand> const& operands) {
    if (operands.empty()) return {};
    std::string out = "\nArguments:\n";
    for (auto const& operand : operands)
        out += two_columns(operand.name, operand.help, option_column);
    return out;
}

std::string command_list(std::string_view prefix) {
    std::string out = "\nCommands:\n";
    for (auto const& command : commands())
        if (!command.hidden && command.name.starts_with(prefix))
            out += two_columns(command.name, command.summary, command_column);
    return out;
}

std::string statuses_section(Command const& command) {
    std::string out = "\nExit status:\n";
    for (auto const& row : exit_statuses(command))
        out += two_columns(row.status, row.meaning, command_column);
    return out;
}

} // namespace

std::string usage_line(Command const& command, Syntax const& syntax) {
    std::string out = "enarx " + std::string{command.name};
    if (!syntax.options.empty()) out += " [OPTIONS]";
    for (auto const& operand : syntax.operands) {
        std::string name{operand.name};
        if (std::holds_alternative<Values>(operand.target)) name += "...";
        out += operand.required ? ' ' + name : " [" + name + ']';
    }
    return out;
}

std::string option_names(Option const& option) {
    std::string out =
        option.letter != '\0' ? std::string{'-', option.letter, ','} : std::string{"   "};
    out += ' ' + std::string{option.name};
    if (takes_value(option)) out += ' ' + std::string{option.value};
    return out;
}

std::string command_help(Command const& command) {
    auto const use = command.use();
    Global global;
    auto const syntax = use->syntax(global);
    std::string out = wrap(command.summary, 0);
    out += "\nUsage: " + usage_line(command, syntax) + '\n';
    if (!command.details.empty()) out += '\n' + wrap(command.details, 0);
    out += operands_section(syntax.operands);
    out += options_section(syntax.options);
    return out + statuses_section(command);
}

std::string group_help(std::string_view group) {
    return "Usage: enarx " + std::string{group} + " COMMAND\n" +
           command_list(std::string{group} + ' ') + "\nEach command has its own --help.\n";
}

std::string program_help() {
    Global global;
    auto options = log_options(global);
    bool version = false;
    options.push_back(
        {.name = "--version", .letter = 'V', .help = "Show the version.", .target = &version}
    );
    return "Run WebAssembly applications in Keeps: isolated, encrypted and attested by "
           "the\nprocessor.\n"
           "\nUsage: enarx [OPTIONS] COMMAND\n" +
           command_list("") + options_section(options) +
           "\nEach command has its own --help: enarx run --help\n";
}

} // namespace host::cli
