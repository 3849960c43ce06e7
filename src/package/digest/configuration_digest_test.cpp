// Everything that an application can notice of its start changes the digest, and nothing else does.

#include "base/hex.hpp"
#include "package/digest/configuration_digest.hpp"

#include <set>

#include <gtest/gtest.h>

namespace {

using namespace package;

// A start that owns what it is made of.
struct Case {
    std::string toml;
    CommandLine line{.program = "app.wasm"};
    std::optional<Invocation> invocation = {};

    crypto::Sha256Digest digest() const {
        std::optional<Configuration> configuration;
        if (!toml.empty()) {
            auto parsed = parse_configuration(toml);
            EXPECT_TRUE(parsed) << toml << parsed.error().message;
            configuration = *parsed;
        }
        auto const plan = make_plan(configuration, line);
        return configuration_digest(
            {.plan = plan,
             .configuration = configuration,
             .command_line = line,
             .invocation = invocation}
        );
    }
};

TEST(ConfigurationDigest, IsOfTheMapThatTheDocumentationDescribes) {
    CommandLine const line{.program = "a"};
    std::optional<Configuration> const none;
    auto const plan = make_plan(none, line);
    // {"env": [], "args": ['a'], "files": [["stream", 0], ["stream", 1], ["stream", 2]],
    //  "invoke": null, "limits": [null, 1024, 256]}
    EXPECT_EQ(
        base::hex(canonical_form({.plan = plan, .configuration = none, .command_line = line})),
        "a5"
        "63656e7680"
        "64617267738141"
        "61"
        "6566696c657383826673747265616d00826673747265616d01826673747265616d02"
        "66696e766f6b65f6"
        "666c696d69747383f6190400190100"
    );
    // printf of 'enarx/v1/configuration' and these bytes, by sha256sum
    EXPECT_EQ(
        base::hex(Case{.toml = "", .line = line}.digest()),
        "d520c6cc54812df30235aee8c757761272f4246c1c2e4be618e79c01ebce191f"
    );
}

TEST(ConfigurationDigest, TellsEachStartFromEachOther) {
    std::string const tls = "[[files]]\nkind='listen'\nname='a'\n";
    std::string const keeps = "authorities='deployment'\nclient_certificate=true\n";
    std::string const tcp = "[[files]]\nkind='listen'\nname='a'\nprot='tcp'\n";
    std::string const dir = "[[files]]\nkind='dir'\npath='/d'\n";
    std::vector<Case> const cases{
        {.toml = ""},
        {.toml = "args=[]"},
        {.toml = "args=['x']"},
        {.toml = "args=['x','y']"},
        {.toml = "args=['x y']"},
        {.toml = "[env]\nA='x'"},
        {.toml = "[env]\nA=''"},
        {.toml = "[limits]\nmemory=1000000"},
        {.toml = "[limits]\nopen_files=100"},
        {.toml = "[limits]\nsockets=100"},
        {.toml = "[[files]]\nkind='null'\n"},
        {.toml = "[[files]]\nkind='stdin'\n"},
        {.toml = dir + "source='memory'"},
        {.toml = dir + "source='memory'\nmode='ro'"},
        {.toml = dir + "source='package'"},
        {.toml = dir + "source='host'\nhost_path='x'"},
        {.toml = dir + "source='attestation'"},
        {.toml = tcp},
        {.toml = tcp + "port=81"},
        {.toml = tcp + "addr='127.0.0.1'"},
        {.toml = "[[files]]\nkind='connect'\nhost='a'\nprot='tcp'\n"},
        {.toml = "[[files]]\nkind='connect'\nhost='b'\nname='a'\nprot='tcp'\n"},
        {.toml = "[[files]]\nkind='connect'\nhost='a'\n"},
        {.toml = "[[files]]\nkind='connect'\nhost='a'\nserver_name='b'\n"},
        {.toml = tls},
        {.toml = tls + "alpn=['h2']"},
        {.toml = tls + "session_tickets=true"},
        {.toml = tls + "certificate='keep'"},
        {.toml = tls + keeps + "peers=['spiffe://a/b']"},
        {.toml = tls + keeps + "peers=['spiffe://a/c']"},
        {.toml = tls + keeps + "peers=['spiffe://a/b','spiffe://a/c']"},
        {.toml = tls + keeps + "peers=['spiffe://a/b']\npeers_without_hardware=true"},
        {.toml = tls + keeps + "peers=['spiffe://a/b']\npeers_without_hardware=false"},
        {.toml = "[[files]]\nkind='connect'\nhost='a'\nauthorities='deployment'\n"},
        {.toml = "", .line = {.program = "other.wasm"}},
        {.toml = "", .line = {.program = "app.wasm", .args = {"x"}}},
        {.toml = "", .line = {.program = "app.wasm", .env = {"A=x"}}},
        {.toml = "", .line = {.program = "app.wasm", .directories = {"/d"}}},
        {.toml = "", .line = {.program = "app.wasm", .max_memory = 5}},
        {.toml = "", .invocation = Invocation{.name = "f", .arguments = {}}},
        {.toml = "", .invocation = Invocation{.name = "f", .arguments = {"1"}}},
    };
    std::set<crypto::Sha256Digest> digests;
    for (std::size_t i = 0; i < cases.size(); ++i)
        EXPECT_TRUE(digests.insert(cases[i].digest()).second) << i << ": " << cases[i].toml;
}

TEST(ConfigurationDigest, IsTheSameHoweverTheStartIsWritten) {
    EXPECT_EQ(
        (Case{.toml = "args=['x']\n# a remark\n[env]\nB='2'\nA='1'\n"}.digest()),
        (Case{.toml = "args = [ \"x\" ]\n[env]\nA = \"1\"\nB = \"2\"\n"}.digest())
    );
    EXPECT_EQ(
        (Case{.toml = "args=['x']"}.digest()),
        (Case{.toml = "args=['y']", .line = {.program = "app.wasm", .args = {"x"}}}.digest())
    );
    EXPECT_EQ(
        (Case{.toml = "[limits]\nmemory='1K'"}.digest()),
        (Case{.toml = "[limits]\nmemory=1024"}.digest())
    );
}

TEST(ConfigurationDigest, LeavesWhereTheHostKeepsItsDirectoriesToTheHost) {
    std::string const dir = "[[files]]\nkind='dir'\npath='/d'\nsource='host'\n";
    EXPECT_EQ(
        (Case{.toml = dir + "host_path='x'"}.digest()),
        (Case{.toml = dir + "host_path='y'"}.digest())
    );
}

} // namespace
