// Pages in man(7) markup.

#include "host/cli/exit_statuses.hpp"
#include "host/cli/manual/manual.hpp"
#include "host/cli/syntax/help.hpp"
#include "host/cli/version.hpp"

#include <algorithm>
#include <cctype>

namespace host::cli {

namespace {

// Keeps markup characters of the text from being taken for such.
std::string roff(std::string_view text) {
    std::string out;
    bool line_start = true;
    for (char const c : text) {
        if (line_start && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
        line_start = c == '\n';
    }
    return out;
}

std::string header(std::string const& name, std::string_view summary) {
    auto upper = name;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    return ".TH " + roff(upper) + " 1 \"\" \"Enarx " + std::string{enarx_version} +
           "\" \"Enarx\"\n.SH NAME\n" + roff(name) + " \\- " + roff(summary) + '\n';
}

std::string tagged(std::string_view tag, std::string_view text) {
    return ".TP\n.B " + roff(tag) + '\n' + roff(text) + '\n';
}

std::string paragraphs(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        bool const example = line.starts_with(' ');
        out += example ? ".PP\n.nf\n" + roff(line) + "\n.fi\n" : ".PP\n" + roff(line) + '\n';
    }
    return out;
}

std::string option_tag(Option const& option) {
    auto names = option_names(option);
    names.erase(0, names.find_first_not_of(' '));
    return names;
}

std::string options_section(std::vector<Option> const& options) {
    std::string out = ".SH OPTIONS\n";
    for (auto const& option : options) out += tagged(option_tag(option), option.help);
    return out + tagged("-h, --help", "Show the help.");
}

std::string environment_section(std::vector<Option> const& options) {
    std::string out;
    for (auto const& option : options)
        if (!option.environment.empty())
            out += tagged(option.environment, "Stands in for " + std::string{option.name} + '.');
    return out.empty() ? out : ".SH ENVIRONMENT\n" + out;
}

std::string statuses_section(std::span<StatusRow const> rows) {
    std::string out = ".SH EXIT STATUS\n";
    for (auto const& row : rows) out += tagged(row.status, row.meaning);
    return out;
}

} // namespace

std::string page_name(Command const& command) {
    std::string name = "enarx-" + std::string{command.name};
    std::ranges::replace(name, ' ', '-');
    return name;
}

std::string command_page(Command const& command) {
    auto const use = command.use();
    Global global;
    auto const syntax = use->syntax(global);
    auto out = header(page_name(command), command.summary);
    out += ".SH SYNOPSIS\n.B " + roff(usage_line(command, syntax)) + "\n.SH DESCRIPTION\n" +
           roff(command.summary) + ".\n";
    out += paragraphs(command.details);
    for (auto const& operand : syntax.operands) out += tagged(operand.name, operand.help);
    out += options_section(syntax.options) + environment_section(syntax.options) +
           statuses_section(exit_statuses(command));
    return out + ".SH SEE ALSO\n.BR enarx (1)\n";
}

std::string program_page() {
    auto out = header("enarx", "run WebAssembly applications in Keeps");
    out += ".SH SYNOPSIS\n.B enarx\n[OPTIONS] COMMAND\n.SH DESCRIPTION\n"
           "Enarx runs unmodified WebAssembly applications in Keeps: isolated, encrypted and "
           "attested by the processor.\n"
           ".SH COMMANDS\n";
    for (auto const& command : commands())
        if (!command.hidden)
            out +=
                ".TP\n.BR " + roff(page_name(command)) + " (1)\n" + roff(command.summary) + ".\n";
    Global global;
    bool version = false;
    auto options = log_options(global);
    options.push_back(
        {.name = "--version", .letter = 'V', .help = "Show the version.", .target = &version}
    );
    return out + options_section(options) + environment_section(options) +
           statuses_section(statuses_without_a_program);
}

} // namespace host::cli
