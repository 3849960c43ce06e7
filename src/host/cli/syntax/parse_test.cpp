#include "host/cli/syntax/parse.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

namespace {

using namespace host::cli;
using Strings = std::vector<std::string>;

// A syntax like that of `enarx run`.
struct Example {
    bool json = false;
    std::optional<std::string> backend;
    Strings directories;
    std::optional<std::string> application;
    Strings arguments;
    bool ends = true;

    Syntax syntax() {
        return {
            .options =
                {
                    {.name = "--json", .letter = 'j', .help = "", .target = &json},
                    {.name = "--backend",
                     .letter = 'b',
                     .alias = "--keep",
                     .value = "NAME",
                     .help = "",
                     .target = &backend,
                     .environment = "ENARX_PARSE_TEST",
                     .choices = {"nil", "kvm"}},
                    {.name = "--dir", .value = "DIR", .help = "", .target = &directories},
                },
            .operands =
                {
                    {.name = "APPLICATION", .help = "", .target = &application},
                    {.name = "ARGUMENT", .help = "", .target = &arguments, .required = false},
                },
            .ends_at_operand = ends,
        };
    }
    OrUsage<void> take(std::vector<std::string_view> words) { return parse(syntax(), words); }
};

TEST(Parse, TakesOptionsInEachForm) {
    Example example;
    ASSERT_TRUE(example.take({"--json", "--backend=nil", "--dir", "/a", "--dir=/b", "app.wasm"}));
    EXPECT_TRUE(example.json);
    EXPECT_EQ(example.backend, "nil");
    EXPECT_EQ(example.directories, (Strings{"/a", "/b"}));
    EXPECT_EQ(example.application, "app.wasm");
    Example letters;
    ASSERT_TRUE(letters.take({"-j", "-b", "kvm", "app.wasm"}));
    EXPECT_TRUE(letters.json);
    EXPECT_EQ(letters.backend, "kvm");
    Example other_name;
    ASSERT_TRUE(other_name.take({"--keep", "kvm", "app.wasm"}));
    EXPECT_EQ(other_name.backend, "kvm");
}

TEST(Parse, TheLastValueCounts) {
    Example example;
    ASSERT_TRUE(example.take({"--backend", "nil", "--keep", "kvm", "app.wasm"}));
    EXPECT_EQ(example.backend, "kvm");
}

TEST(Parse, LeavesEverythingBehindTheApplicationToIt) {
    Example example;
    ASSERT_TRUE(example.take({"app.wasm", "--json", "--", "-x", "", "--unknown=1"}));
    EXPECT_FALSE(example.json);
    EXPECT_EQ(example.arguments, (Strings{"--json", "--", "-x", "", "--unknown=1"}));
}

TEST(Parse, TakesADashAndWhatFollowsTwoDashesAsOperands) {
    Example dash;
    ASSERT_TRUE(dash.take({"-", "x"}));
    EXPECT_EQ(dash.application, "-");
    Example dashes;
    ASSERT_TRUE(dashes.take({"--", "--json", "x"}));
    EXPECT_EQ(dashes.application, "--json");
    EXPECT_EQ(dashes.arguments, (Strings{"x"}));
}

TEST(Parse, TakesOptionsBehindOperandsWhereNothingEndsThem) {
    Example example;
    example.ends = false;
    ASSERT_TRUE(example.take({"file", "--json"}));
    EXPECT_TRUE(example.json);
}

TEST(Parse, TakesAValueThatLooksLikeAnOption) {
    Example example;
    ASSERT_TRUE(example.take({"--dir=--x", "app.wasm"}));
    EXPECT_EQ(example.directories, (Strings{"--x"}));
}

TEST(Parse, TakesAnEmptyValueAndADash) {
    Example example;
    ASSERT_TRUE(example.take({"--dir=", "--dir", "", "--dir", "-", "app.wasm"}));
    EXPECT_EQ(example.directories, (Strings{"", "", "-"}));
}

TEST(Parse, TakesAValueThatIsJoinedToItsLetter) {
    Example example;
    ASSERT_TRUE(example.take({"-bkvm", "app.wasm"}));
    EXPECT_EQ(example.backend, "kvm");
}

TEST(Parse, PassesOverAnEmptyVariable) {
    ::setenv("ENARX_PARSE_TEST", "", 1);
    Example example;
    EXPECT_TRUE(example.take({"app.wasm"}));
    ::unsetenv("ENARX_PARSE_TEST");
    EXPECT_FALSE(example.backend);
}

TEST(Parse, TakesTheEnvironmentWhereTheOptionIsMissing) {
    ::setenv("ENARX_PARSE_TEST", "kvm", 1);
    Example without;
    Example with;
    EXPECT_TRUE(without.take({"app.wasm"}));
    EXPECT_TRUE(with.take({"--keep", "nil", "app.wasm"}));
    ::unsetenv("ENARX_PARSE_TEST");
    EXPECT_EQ(without.backend, "kvm");
    EXPECT_EQ(with.backend, "nil");
}

struct Wrong {
    std::vector<std::string_view> words;
    std::string_view text;
    std::string_view hint;
};

TEST(Parse, SaysWhatIsWrong) {
    for (auto const& [words, text, hint] : {
             Wrong{
                 {"--bakend", "nil", "app"}, "unknown option '--bakend'", "did you mean --backend?"
             },
             Wrong{{"--bakend=nil", "app"}, "unknown option '--bakend'", "did you mean --backend?"},
             Wrong{{"-x", "app"}, "unknown option '-x'", ""},
             Wrong{{"-jx", "app"}, "unknown option '-jx'", ""},
             Wrong{{"--frobnicate", "app"}, "unknown option '--frobnicate'", ""},
             Wrong{{"--backend"}, "--backend needs a value: NAME", ""},
             Wrong{{"--backend", "--json", "app"}, "--backend needs a value: NAME", ""},
             Wrong{{"-b", "-j", "app"}, "-b needs a value: NAME", ""},
             Wrong{{"--dir", "--", "app"}, "--dir needs a value: DIR", ""},
             Wrong{{"--backend=", "app"}, "--backend cannot be ''", "it is one of: nil, kvm"},
             Wrong{{"--json=yes", "app"}, "--json takes no value", ""},
             Wrong{
                 {"--backend", "qemu", "app"},
                 "--backend cannot be 'qemu'",
                 "it is one of: nil, kvm"
             },
             Wrong{{}, "no APPLICATION is given", ""},
             Wrong{{"--json"}, "no APPLICATION is given", ""},
         }) {
        Example example;
        auto const parsed = example.take(words);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().text, text);
        EXPECT_EQ(parsed.error().hint, hint);
    }
}

TEST(Parse, RefusesOneOperandTooMany) {
    std::optional<std::string> file;
    Syntax const syntax{.options = {}, .operands = {{.name = "FILE", .help = "", .target = &file}}};
    std::vector<std::string_view> const words{"a", "b"};
    auto const parsed = parse(syntax, words);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().text, "'b' is one argument too many");
}

} // namespace
