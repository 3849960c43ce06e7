#include "host/cli/command.hpp"
#include "host/cli/program.hpp"
#include "host/cli/syntax/help.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace host::cli {
namespace {

int status_of(std::vector<std::string> const& words) {
    std::vector<std::string_view> const views{words.begin(), words.end()};
    return run_program(views, 0);
}

std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words;
    for (auto rest = name; !rest.empty();) {
        auto const end = std::min(rest.find(' '), rest.size());
        words.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return words;
}

// docs/exit-status.md: the statuses 1 and 2 of these are the program's.
TEST(Program, EndsWrongUsageOfACommandThatRunsAProgramWith125AndOfAnyOtherWith2) {
    for (auto const& command : commands()) {
        constexpr std::array<std::string_view, 5> all{"run", "exec", "keep", "deploy", "attach"};
        bool const runs = std::ranges::find(all, command.name) != all.end();
        EXPECT_EQ(command.runs_a_program, runs) << command.name;
        for (auto const* wrong : {"--no-such-option", "--help=yes"}) {
            auto words = words_of(command.name);
            words.emplace_back(wrong);
            EXPECT_EQ(status_of(words), runs ? 125 : 2) << command.name << ' ' << wrong;
        }
        auto const help = command_help(command);
        EXPECT_NE(help.find("\nExit status:\n"), std::string::npos) << command.name;
        EXPECT_EQ(help.contains("wrong usage"), !runs) << command.name;
        // An undecided one is neither a success nor a failure.
        bool const verifies = command.name == "verify";
        EXPECT_EQ(help.contains("\n  3  "), verifies) << command.name;
    }
    EXPECT_EQ(status_of({"run", "--bakend=kvm", "app.wasm"}), 125);
    EXPECT_EQ(status_of({"verify", "--polcy=strict", "file"}), 2);
}

TEST(Program, EndsACommandThatThereIsNotWith2) {
    EXPECT_EQ(status_of({"rnu", "app.wasm"}), 2);
    EXPECT_EQ(status_of({"--no-such-option"}), 2);
    EXPECT_EQ(status_of({"config"}), 2);
    EXPECT_EQ(status_of({}), 2);
}

} // namespace
} // namespace host::cli
