#include "package/configuration.hpp"

#include <string>

#include <gtest/gtest.h>

namespace {

using namespace package;

Configuration parsed(std::string_view toml) {
    auto result = parse_configuration(toml);
    EXPECT_TRUE(result) << result.error().line << ':' << result.error().column << ": "
                        << result.error().message;
    return result ? *result : Configuration{};
}

ConfigurationError refused(std::string_view toml) {
    auto result = parse_configuration(toml);
    EXPECT_FALSE(result) << "accepted: " << toml;
    return result ? ConfigurationError{} : result.error();
}

TEST(Configuration, OfAnEmptyTextIsTheDefault) {
    auto const configuration = parsed("");
    EXPECT_FALSE(configuration.steward);
    EXPECT_TRUE(configuration.args.empty());
    EXPECT_TRUE(configuration.env.empty());
    EXPECT_TRUE(configuration.files.empty());
    EXPECT_FALSE(configuration.limits.memory);
    EXPECT_EQ(configuration.limits.open_files, 1024U);
    EXPECT_EQ(configuration.limits.sockets, 256U);
}

TEST(Configuration, TemplateParsesToTheDefault) {
    auto const configuration = parsed(configuration_template());
    EXPECT_FALSE(configuration.steward);
    EXPECT_TRUE(
        configuration.args.empty() && configuration.env.empty() && configuration.files.empty()
    );
    EXPECT_FALSE(configuration.limits.memory);
}

TEST(Configuration, TemplateParsesToItsExamplesWhenTheyAreUncommented) {
    std::string text;
    std::string_view rest = configuration_template();
    while (!rest.empty()) {
        auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() + 1);
        bool const code =
            line.starts_with("# ") && (line.contains(" = ") || line.starts_with("# ["));
        if (code) text += std::string{line.substr(2)} + '\n';
    }
    auto const configuration = parsed(text);
    EXPECT_EQ(configuration.args, (std::vector<std::string>{"--argument1", "--argument2=foo"}));
    EXPECT_EQ(configuration.env.size(), 2U);
    EXPECT_EQ(configuration.limits.memory, 512ULL << 20);
    ASSERT_EQ(configuration.files.size(), 7U);
    EXPECT_EQ(std::get<Connect>(configuration.files[6]).port, 5432);
}

TEST(Configuration, ReadsArgumentsEnvironmentAndSteward) {
    auto const configuration = parsed(R"(
steward = "https://attest.example.com:8443/path"
args = ["--argument1", "", "ä"]
env.A = "1"
env."B C" = ""
)");
    EXPECT_EQ(configuration.steward, "https://attest.example.com:8443/path");
    EXPECT_EQ(configuration.args, (std::vector<std::string>{"--argument1", "", "ä"}));
    EXPECT_EQ(configuration.env, (std::map<std::string, std::string>{{"A", "1"}, {"B C", ""}}));
}

TEST(Configuration, ReadsLimitsAsBytesOrWithUnits) {
    auto const limits =
        parsed("[limits]\nmemory = \"512M\"\nopen_files = 10\nsockets = 0\n").limits;
    EXPECT_EQ(limits.memory, 512ULL << 20);
    EXPECT_EQ(limits.open_files, 10U);
    EXPECT_EQ(limits.sockets, 0U);
    EXPECT_EQ(parsed("limits = { memory = 65536 }").limits.memory, 65536U);
}

struct Bad {
    std::string_view toml;
    std::uint32_t line;
    std::uint32_t column;
    std::string_view message; // contained
};

TEST(Configuration, RefusesEachMistakeWithItsPlace) {
    for (auto const& [toml, line, column, message] : {
             Bad{"arg = []", 1, 1, "unknown key `arg` in the configuration"},
             Bad{"\n  args = 'x'", 2, 10, "`args` must be an array of strings, not a string"},
             Bad{
                 "args = ['a', 1]", 1, 14, "each element of `args` must be a string, not an integer"
             },
             Bad{"args = [\"a\\u0000\"]", 1, 9, "NUL"},
             Bad{"[env]\nA = 1", 2, 5, "`A` must be a string, not an integer"},
             Bad{"env = 1", 1, 7, "`env` must be a table, not an integer"},
             Bad{"[env]\n\"A=B\" = ''", 2, 1, "cannot be the name of an environment variable"},
             Bad{"steward = 'attest.example.com'", 1, 11, "no URL"},
             Bad{"steward = 'https://'", 1, 11, "no URL"},
             Bad{"steward = 1", 1, 11, "`steward` must be a string"},
             Bad{"[limits]\nmemory = 0", 2, 10, "above 0"},
             Bad{"[limits]\nmemory = '12 apples'", 2, 10, "number of bytes"},
             Bad{"[limits]\nmemory = 1.5", 2, 10, "number of bytes"},
             Bad{"[limits]\nopen_files = 2", 2, 14, "`open_files` must be 3 to 1048576, not 2"},
             Bad{"[limits]\nsockets = -1", 2, 11, "`sockets` must be 0 to 65536, not -1"},
             Bad{"[limits]\nmem = 1", 2, 1, "unknown key `mem` in [limits]"},
             Bad{"a = 1\na = 2", 2, 5, "not valid TOML"},
             Bad{"args = [", 1, 9, "not valid TOML"},
             Bad{"\xff", 1, 1, "not valid TOML"},
             Bad{std::string_view{"x = 1\n[\0a]", 10}, 2, 2, "not valid TOML"},
         }) {
        auto const error = refused(toml);
        EXPECT_TRUE(error.message.contains(message)) << toml << " gives " << error.message;
        EXPECT_EQ(error.line, line) << toml;
        EXPECT_EQ(error.column, column) << toml << " gives " << error.message;
    }
}

TEST(Configuration, NamesTheNearestKnownKey) {
    EXPECT_EQ(refused("[limits]\nopenfiles = 1").hint, "did you mean `open_files`?");
    EXPECT_EQ(refused("[enviroment]\n").hint, "");
    EXPECT_EQ(refused("fiels = []").hint, "did you mean `files`?");
}

// Characters whose class toml++ 3.3 does not know by itself.
TEST(Configuration, MayBeWrittenInAnyLanguage) {
    auto const configuration = parsed("# äöü χ\n[env]\n\"ä\" = \"\"\"χ \\\n  ä\"\"\"\n");
    EXPECT_EQ(configuration.env.at("ä"), "χ ä");
    EXPECT_TRUE(refused("ä = 1").message.contains("not valid TOML"));
    EXPECT_TRUE(refused("args = []χ").message.contains("not valid TOML"));
}

TEST(Configuration, IsAtMostAMegabyte) {
    std::string const comment(max_configuration_size, '#');
    EXPECT_TRUE(parse_configuration(comment));
    EXPECT_TRUE(refused(comment + '#').message.contains("larger than"));
}

TEST(Configuration, SurvivesTextsThatNestWithoutEnd) {
    std::string dotted = "a";
    while (dotted.size() < max_configuration_size - 10) dotted += ".a";
    EXPECT_TRUE(refused(dotted + " = 1").message.contains("more than 16 parts"));
    EXPECT_TRUE(refused("args = " + std::string(900'000, '[')).message.contains("not valid TOML"));
    std::string tables = "args = ";
    while (tables.size() < max_configuration_size - 10) tables += "{a=";
    EXPECT_TRUE(refused(tables).message.contains("not valid TOML"));
}

} // namespace
