#include "host/cli/inspect/recogniser.hpp"
#include "host/cli/inspect/render.hpp"
#include "os/temporary_directory.hpp"

#include <fstream>

#include <gtest/gtest.h>

namespace {

using namespace host::cli;

class Inspect : public ::testing::Test {
protected:
    std::string write(std::string const& name, std::string const& text) const {
        std::ofstream{folder_.path() + '/' + name} << text;
        return folder_.path() + '/' + name;
    }
    // The kind that takes this content; empty if none does.
    std::string kind_of(std::string const& name, std::string const& text) const {
        auto const subject = open_subject(write(name, text));
        for (auto const& recogniser : recognisers())
            if (recogniser.recognises(*subject)) return std::string{recogniser.kind};
        return {};
    }

    os::TemporaryDirectory folder_;
};

TEST_F(Inspect, TellsFilesApartByTheirContent) {
    EXPECT_EQ(kind_of("a", std::string("\0asm\1\0\0\0", 8)), "WebAssembly");
    EXPECT_EQ(kind_of("b", "(module)"), "WebAssembly");
    EXPECT_EQ(kind_of("c", "args = ['x']\n"), "configuration");
    EXPECT_EQ(kind_of("d.toml", "arg = ['x']\n"), "configuration");
    EXPECT_EQ(kind_of("e", "just text\n"), "");
    EXPECT_EQ(kind_of("f", ""), "");
    EXPECT_EQ(
        kind_of(
            "g",
            "\x7f"
            "ELF"
        ),
        ""
    );
}

// An ID block begins with a digest, which here looks like the beginning of WebAssembly text.
std::string id_block() {
    std::string out = "(module)" + std::string(88, '\0');
    out[0x50] = 1;
    out[0x5a] = 2;
    return out;
}

TEST_F(Inspect, TakesAnArtefactForWhatItIsWhateverItBeginsWith) {
    EXPECT_EQ(kind_of("a.wat", id_block()), "attestation artefact");
    EXPECT_EQ(kind_of("b", "ECREATE" + std::string(57, '\0')), "attestation artefact");
    EXPECT_EQ(kind_of("c.bin", "(module)" + std::string(88, ' ')), "WebAssembly");
}

TEST_F(Inspect, SaysWhatIsWrongInAnArtefactAndWhere) {
    auto const subject = open_subject(write("x", "ECREATE" + std::string(57, '\0')));
    auto const described = describe(*subject, {});
    ASSERT_TRUE(described && *described);
    auto const& check = (**described)["checks"][0];
    EXPECT_EQ(check["outcome"], "failed");
    EXPECT_EQ(check["offset"], 8);
    EXPECT_EQ(check["expected"], "SSAFRAMESIZE above 0");
}

TEST_F(Inspect, DescribesAConfiguration) {
    auto const subject =
        open_subject(write("x", "[[files]]\nkind='listen'\nname='web'\n[env]\nA='b'\n"));
    auto const described = describe(*subject, {});
    ASSERT_TRUE(described && *described);
    EXPECT_EQ((**described)["descriptors"], "stdin:stdout:stderr:web");
    EXPECT_EQ((**described)["env"]["A"], "b");
    EXPECT_EQ((**described)["limits"]["memory"], nullptr);
}

TEST_F(Inspect, SaysWhatItDoesNotKnow) {
    EXPECT_EQ(open_subject(folder_.path() + "/none").error().name, "file-not-found");
    auto const text = open_subject(write("x", "just text\n"));
    EXPECT_EQ(describe(*text, {}).error().name, "file-unknown");
    auto const broken = open_subject(write("x.toml", "a = \n"));
    EXPECT_EQ(describe(*broken, {}).error().name, "configuration-invalid");
}

TEST(Render, WritesOneLineForEachThing) {
    Json const json{
        {"kind", "module"},
        {"runs", true},
        {"start", nullptr},
        {"code_bytes", 7},
        {"features", Json::array()},
        {"imports", {{{"name", "fd_write"}, {"served", true}}, {{"name", "x"}, {"served", false}}}},
        {"limits", {{"sockets", 3}}}
    };
    EXPECT_EQ(
        render(json),
        "kind: module\nruns: yes\nstart: -\ncode bytes: 7\nfeatures: none\nimports:\n  fd_write  "
        "served\n  x  not served\nlimits:\n  sockets: 3\n"
    );
}

TEST(Render, TellsWhatWasExpectedFromWhatWasFound) {
    Json const check{{"outcome", "failed"}, {"check", "q1"}, {"offset", 1}, {"found", "x"}};
    EXPECT_EQ(render(Json{{"checks", {check}}}), "checks:\n  failed  q1  offset 1  found: x\n");
}

TEST(Render, LetsNoControlCharacterReachTheTerminal) {
    EXPECT_EQ(render(Json{{"name", "a\x1b[31m\nb"}}), "name: a?[31m?b\n");
    EXPECT_EQ(render(Json{{"a\u009b\nb", Json::array({"c\u202e\nd"})}}), "a??b:\n  c??d\n");
}

} // namespace
