#include "host/cli/completion/completion.hpp"
#include "host/cli/manual/manual.hpp"
#include "host/cli/syntax/help.hpp"
#include "host/cli/syntax/layout.hpp"
#include "protocol/failure/failure.hpp"

#include <gtest/gtest.h>

namespace {

using namespace host::cli;

void expect_narrow(std::string_view text) {
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        EXPECT_LE(line.size(), columns) << line;
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
}

TEST(Help, FitsEightyColumns) {
    expect_narrow(program_help());
    expect_narrow(group_help("platform"));
    for (auto const& command : commands()) expect_narrow(command_help(command));
}

TEST(Help, NamesEveryOption) {
    for (auto const& command : commands()) {
        auto const help = command_help(command);
        auto const use = command.use();
        Global global;
        for (auto const& option : use->syntax(global).options) {
            EXPECT_TRUE(help.contains(option.name)) << option.name;
            EXPECT_TRUE(command_page(command).contains(".TP\n.B "));
        }
    }
}

TEST(Help, ListsEveryCommandThatIsNotHidden) {
    for (auto const& command : commands()) {
        EXPECT_EQ(
            program_help().contains("\n  " + std::string{command.name} + ' '), !command.hidden
        ) << command.name;
        EXPECT_EQ(find_command(command.name), &command);
    }
    EXPECT_TRUE(command_group("config"));
    EXPECT_FALSE(command_group("conf"));
    EXPECT_FALSE(command_group("run"));
}

TEST(Help, ShowsTheExitStatusesOfRun) {
    auto const help = command_help(*find_command("run"));
    for (auto const* status : {"124", "125", "126", "127", "134", "137", "130, 143"})
        EXPECT_TRUE(help.contains(status));
}

TEST(Completion, KnowsEveryCommandAndOption) {
    for (auto const& script : {bash_completion(), zsh_completion(), fish_completion()})
        for (auto const* word :
             {"run",
              "config",
              "platform",
              "backend",
              "require-hardware",
              "wasmcfgfile",
              "json",
              "bash"})
            EXPECT_TRUE(script.contains(word)) << word;
}

TEST(Manual, PagesEscapeWhatMarkupWouldTake) {
    auto const page = command_page(*find_command("run"));
    EXPECT_TRUE(page.starts_with(".TH ENARX\\-RUN 1"));
    EXPECT_TRUE(page.contains("\\-\\-require\\-hardware"));
    EXPECT_EQ(page_name(*find_command("config init")), "enarx-config-init");
    EXPECT_TRUE(program_page().contains("enarx\\-platform\\-info"));
}

TEST(Layout, BreaksAtSpacesAndKeepsParagraphs) {
    EXPECT_EQ(wrap("one two", 2), "  one two\n");
    EXPECT_EQ(wrap("one\n  example\ntwo", 0), "one\n  example\ntwo\n");
    auto const text = wrap(std::string(50, 'a') + ' ' + std::string(50, 'b'), 4);
    EXPECT_EQ(text, "    " + std::string(50, 'a') + "\n    " + std::string(50, 'b') + '\n');
    EXPECT_EQ(two_columns("--x", "text", 8), "  --x   text\n");
    EXPECT_EQ(two_columns("--long-name", "text", 8), "  --long-name\n        text\n");
}

// What explain shows, and what programs rely on.
TEST(Failures, AreListedInAlphabeticalOrderAndExplainThemselves) {
    std::string_view last;
    for (auto const& kind : protocol::failure_kinds) {
        EXPECT_LT(last, kind.name);
        EXPECT_FALSE(kind.summary.empty() || kind.advice.empty()) << kind.name;
        last = kind.name;
    }
}

} // namespace
