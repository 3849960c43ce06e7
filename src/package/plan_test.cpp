#include "package/plan.hpp"

#include <string>

#include <gtest/gtest.h>

namespace {

using namespace package;

std::string entry(std::string_view kind) {
    return "[[files]]\nkind = \"" + std::string{kind} + "\"\n";
}

std::string socket(std::string_view name) {
    return entry("listen") + "name = \"" + std::string{name} + "\"\n";
}

std::string memory(std::string_view path) {
    return entry("dir") + "source = \"memory\"\npath = \"" + std::string{path} + "\"\n";
}

Plan planned(std::string_view toml, CommandLine command_line = {}) {
    auto configuration = parse_configuration(toml);
    EXPECT_TRUE(configuration) << configuration.error().message;
    return make_plan(configuration ? *configuration : Configuration{}, std::move(command_line));
}

std::string names(std::string_view toml, std::vector<std::string> directories = {}) {
    auto const plan = planned(toml, {.directories = std::move(directories)});
    EXPECT_EQ(plan.env.at("FD_COUNT"), std::to_string(plan.descriptors.size()));
    return plan.env.at("FD_NAMES");
}

TEST(Plan, GivesTheStandardStreamsWhereTheFileNamesNone) {
    EXPECT_EQ(names(""), "stdin:stdout:stderr");
    EXPECT_EQ(names(socket("web")), "stdin:stdout:stderr:web");
    EXPECT_EQ(names(memory("/tmp")), "stdin:stdout:stderr:/tmp");
}

TEST(Plan, DescriptorIsTheIndexWhereTheFileNamesAStream) {
    EXPECT_EQ(
        names(entry("null") + entry("stdout") + entry("stderr") + socket("a") + socket("b")),
        "null:stdout:stderr:a:b"
    );
    EXPECT_EQ(
        names(entry("stderr") + socket("a") + entry("stdin") + entry("stdout")),
        "stderr:a:stdin:stdout"
    );
    auto const plan = planned(socket("a") + entry("stdout"));
    ASSERT_EQ(plan.descriptors.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<Listen>(plan.descriptors[0]));
    EXPECT_TRUE(std::holds_alternative<Stdout>(plan.descriptors[1]));
}

TEST(Plan, LeavesNumbersAboveTheLastEntryClosed) {
    EXPECT_EQ(names(entry("stdin")), "stdin");
    EXPECT_EQ(names(entry("null") + entry("null")), "null:null");
}

TEST(Plan, PutsDirectoriesFirstFromThreeOnAndSocketsBehindThem) {
    EXPECT_EQ(
        names(socket("a") + memory("/x") + socket("b") + memory("/y")),
        "stdin:stdout:stderr:/x:/y:a:b"
    );
    EXPECT_EQ(
        names(entry("stdin") + entry("stdout") + entry("stderr") + memory("/x") + socket("a")),
        "stdin:stdout:stderr:/x:a"
    );
    EXPECT_EQ(
        names(entry("stdin") + entry("stdout") + entry("stderr") + socket("a") + memory("/x")),
        "stdin:stdout:stderr:/x:a"
    );
}

TEST(Plan, FillsNumbersBelowTheDirectoriesWithNull) {
    EXPECT_EQ(names(entry("stdout") + memory("/x")), "stdout:null:null:/x");
    EXPECT_EQ(names(memory("/x") + entry("stdout")), "null:stdout:null:/x");
}

TEST(Plan, AddsTheCommandLinesDirectories) {
    EXPECT_EQ(names("", {"/a", "/b/"}), "stdin:stdout:stderr:/a:/b");
    EXPECT_EQ(names(memory("/x") + socket("s"), {"/a"}), "stdin:stdout:stderr:/x:/a:s");
    auto const plan = planned("", {.directories = {"."}});
    auto const& added = std::get<Directory>(plan.descriptors.at(3));
    EXPECT_EQ(added.path, ".");
    EXPECT_EQ(added.source, Source::Host);
    EXPECT_EQ(added.mode, Mode::ReadWrite);
}

TEST(Plan, DirectoryOfTheCommandLineTakesThePlaceOfOneOfTheFile) {
    auto const plan = planned(memory("/x") + memory("/y"), {.directories = {"/x/"}});
    EXPECT_EQ(plan.env.at("FD_NAMES"), "stdin:stdout:stderr:/x:/y");
    EXPECT_EQ(std::get<Directory>(plan.descriptors.at(3)).source, Source::Host);
    EXPECT_EQ(std::get<Directory>(plan.descriptors.at(4)).source, Source::Memory);
}

TEST(Plan, NamesOfDescriptorsHaveNoColons) {
    EXPECT_EQ(names("", {"C:/x"}), "stdin:stdout:stderr:C_/x");
}

TEST(Plan, ArgumentsOfTheCommandLineReplaceThoseOfTheFile) {
    using Args = std::vector<std::string>;
    EXPECT_EQ(
        planned("args = ['x', 'y']", {.name = "main.wasm"}).args, (Args{"main.wasm", "x", "y"})
    );
    EXPECT_EQ(
        planned("args = ['x', 'y']", {.name = "a.wasm", .arguments = {"z"}}).args,
        (Args{"a.wasm", "z"})
    );
    EXPECT_EQ(planned("", {.name = "a.wasm"}).args, (Args{"a.wasm"}));
}

TEST(Plan, EnvironmentOfTheCommandLineAddsAndOverrides) {
    auto const plan = planned(
        "env = { A = 'file', B = 'file' }",
        {.env = {{"B", "line"}, {"C", "line"}, {"FD_COUNT", "99"}}}
    );
    EXPECT_EQ(
        plan.env,
        (std::map<std::string, std::string>{
            {"A", "file"},
            {"B", "line"},
            {"C", "line"},
            {"FD_COUNT", "3"},
            {"FD_NAMES", "stdin:stdout:stderr"}
        })
    );
}

TEST(Plan, MemoryLimitOfTheCommandLineWins) {
    EXPECT_EQ(planned("limits = { memory = '1M', sockets = 7 }").limits.memory, 1ULL << 20);
    auto const limits = planned("limits = { memory = '1M', sockets = 7 }", {.memory = 5}).limits;
    EXPECT_EQ(limits.memory, 5U);
    EXPECT_EQ(limits.sockets, 7U);
}

} // namespace
