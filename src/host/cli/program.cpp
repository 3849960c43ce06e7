#include "host/cli/program.hpp"

#include "base/nearest.hpp"
#include "host/cli/command.hpp"
#include "host/cli/report.hpp"
#include "host/cli/syntax/help.hpp"
#include "host/cli/version.hpp"
#include "protocol/failure/failure.hpp"

#include <algorithm>
#include <string>

namespace host::cli {

namespace {

constexpr int usage_status = 2;
constexpr int failed_status = 1;

// What a command ends with that was called wrongly: the one rule of exit_statuses.hpp.
int usage_status_of(Command const& command) {
    return command.runs_a_program ? static_cast<int>(protocol::ExitStatus::Failed) : usage_status;
}

int report_usage(UsageError const& error, std::string_view name, int status) {
    auto const help = "enarx " + std::string{name} + (name.empty() ? "" : " ") + "--help";
    os::Failure const failure{
        "usage", error.text, error.hint.empty() ? "see " + help : error.hint + '\n' + "see " + help
    };
    write_error(failure_text(failure));
    return status;
}

int report_failure(Command const& command, os::Failure const& failure) {
    write_error(failure_text(failure));
    auto const* kind = protocol::find_failure(failure.name);
    if (failure.name == "usage") return usage_status_of(command);
    if (!command.runs_a_program) return failed_status;
    return static_cast<int>(kind == nullptr ? protocol::ExitStatus::Failed : kind->status);
}

int print(std::string const& text) {
    auto const written = write_output(text);
    if (written) return 0;
    write_error(failure_text(written.error()));
    return failed_status;
}

// Help is wanted wherever it stands before the operands.
bool wants_help(Words words) {
    return !words.empty() && (words.front() == "--help" || words.front() == "-h");
}

int carry_out(Command const& command, Words words, Global& global) {
    auto const use = command.use();
    auto syntax = use->syntax(global);
    for (auto& option : syntax.options) {
        auto const* value = std::get_if<Value>(&option.target);
        if (value != nullptr && **value)
            option.environment = {}; // what stood before the command wins over a variable
    }
    bool help = false;
    syntax.options.push_back({.name = "--help", .letter = 'h', .help = "", .target = &help});
    bool const first = wants_help(words); // even if the rest is wrong
    auto const parsed = first ? OrUsage<void>{} : parse(syntax, words);
    if (first || help) return print(command_help(command));
    if (!parsed) return report_usage(parsed.error(), command.name, usage_status_of(command));
    auto const status = use->carry_out(global);
    return status ? *status : report_failure(command, status.error());
}

int unknown_command(std::string const& name) {
    std::vector<std::string_view> names;
    for (auto const& command : commands())
        if (!command.hidden) names.push_back(command.name);
    auto const meant = base::nearest(name, names);
    return report_usage(
        {"there is no command '" + name + '\'',
         meant.empty() ? "" : "did you mean 'enarx " + std::string{meant} + "'?"},
        "",
        usage_status
    );
}

// `enarx help run` is `enarx run --help`.
int help_for(Words words) {
    std::string name;
    for (auto const word : words) name += (name.empty() ? "" : " ") + std::string{word};
    if (name.empty()) return print(program_help());
    if (auto const* command = find_command(name)) return print(command_help(*command));
    if (command_group(name)) return print(group_help(name));
    return unknown_command(name);
}

// Goes from group to group until the words name a command.
int dispatch(Words words, Global& global) {
    if (words.front() == "help") return help_for(words.subspan(1));
    std::string name;
    while (!words.empty()) {
        name += (name.empty() ? "" : " ") + std::string{words.front()};
        words = words.subspan(1);
        if (auto const* command = find_command(name)) return carry_out(*command, words, global);
        if (!command_group(name)) return unknown_command(name);
        if (wants_help(words)) return print(group_help(name));
    }
    write_error(group_help(name));
    return usage_status;
}

} // namespace

int run_program(Words words, std::uint64_t started_ns) {
    Global global{.started_ns = started_ns};
    bool help = false;
    bool version = false;
    std::vector<std::string> rest;
    Syntax syntax{
        .options = log_options(global),
        .operands = {{.name = "COMMAND", .help = "", .target = &rest, .required = false}},
        .ends_at_operand = true
    };
    syntax.options.push_back({.name = "--help", .letter = 'h', .help = "", .target = &help});
    syntax.options.push_back({.name = "--version", .letter = 'V', .help = "", .target = &version});
    if (auto const parsed = parse(syntax, words); !parsed)
        return report_usage(parsed.error(), "", usage_status);
    if (version) return print("enarx " + std::string{enarx_version} + '\n');
    if (help) return print(program_help());
    if (rest.empty()) {
        write_error(program_help());
        return usage_status;
    }
    std::vector<std::string_view> const views{rest.begin(), rest.end()};
    return dispatch(views, global);
}

} // namespace host::cli
