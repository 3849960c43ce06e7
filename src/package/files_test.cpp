#include "package/configuration.hpp"

#include <ctime>
#include <string>

#include <gtest/gtest.h>

namespace {

using namespace package;

std::vector<File> files_of(std::string_view toml) {
    auto result = parse_configuration(toml);
    EXPECT_TRUE(result) << result.error().line << ':' << result.error().column << ": "
                        << result.error().message;
    return result ? result->files : std::vector<File>{};
}

template <class T> T only(std::string_view toml) {
    auto const files = files_of(toml);
    EXPECT_EQ(files.size(), 1U);
    return std::get<T>(files.at(0));
}

ConfigurationError refused(std::string_view toml) {
    auto result = parse_configuration(toml);
    EXPECT_FALSE(result) << "accepted: " << toml;
    return result ? ConfigurationError{} : result.error();
}

std::string entry(std::string_view fields) { return "[[files]]\n" + std::string{fields} + '\n'; }

constexpr std::string_view certificate =
    "'''-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n'''";
constexpr std::string_view private_key =
    "'''-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n'''";

TEST(Files, AreReadAsTheDocumentationOfTheOriginalShowsThem) {
    auto const files = files_of(R"(
[[files]]
kind = "null"

[[files]]
kind = "stdout"

[[files]]
kind = "stderr"

[[files]]
name = "listen"
kind = "listen"
prot = "tls" # or prot = "tcp"
port = 12345

[[files]]
name = "connect"
kind = "connect"
prot = "tcp" # or prot = "tls"
host = "127.0.0.1"
port = 23456
)");
    ASSERT_EQ(files.size(), 5U);
    EXPECT_EQ(std::get<Null>(files[0]).name, "null");
    EXPECT_EQ(std::get<Stdout>(files[1]).name, "stdout");
    EXPECT_EQ(std::get<Stderr>(files[2]).name, "stderr");
    auto const& listen = std::get<Listen>(files[3]);
    EXPECT_EQ(listen.name, "listen");
    EXPECT_EQ(listen.protocol, Protocol::Tls);
    EXPECT_EQ(listen.address, "::");
    EXPECT_EQ(listen.port, 12345);
    auto const& connect = std::get<Connect>(files[4]);
    EXPECT_EQ(connect.name, "connect");
    EXPECT_EQ(connect.protocol, Protocol::Tcp);
    EXPECT_EQ(connect.host, "127.0.0.1");
    EXPECT_EQ(connect.port, 23456);
}

TEST(Files, AddressesOfTheDocumentationAreAccepted) {
    for (auto const* address : {"::", "0.0.0.0", "::1", "127.0.0.1", "192.168.1.1"})
        EXPECT_EQ(
            only<Listen>(entry("kind='listen'\nname='x'\naddr='" + std::string{address} + "'"))
                .address,
            address
        );
}

TEST(Files, UseTlsWhereNoProtocolIsNamedAndThePortGoesWithIt) {
    auto const tls = only<Connect>(entry("kind='connect'\nhost='example.com'"));
    EXPECT_EQ(tls.protocol, Protocol::Tls);
    EXPECT_EQ(tls.port, 443);
    EXPECT_EQ(tls.name, "example.com");
    auto const tcp = only<Listen>(entry("kind='listen'\nname='x'\nprot='tcp'"));
    EXPECT_EQ(tcp.protocol, Protocol::Tcp);
    EXPECT_EQ(tcp.port, 80);
}

TEST(Files, NameOfAnIpv6HostHasNoColons) {
    EXPECT_EQ(only<Connect>(entry("kind='connect'\nhost='::1'")).name, "__1");
    auto const brackets = only<Connect>(entry("kind='connect'\nhost='[2001:db8::1]'"));
    EXPECT_EQ(brackets.host, "2001:db8::1");
    EXPECT_EQ(brackets.name, "2001_db8__1");
}

TEST(Files, DirectoriesComeFromMemoryThePackageTheHostOrTheKeep) {
    auto const memory = only<Directory>(entry("kind='dir'\npath='/data/'\nsource='memory'"));
    EXPECT_EQ(memory.path, "/data");
    EXPECT_EQ(memory.source, Source::Memory);
    EXPECT_EQ(memory.mode, Mode::ReadWrite);
    auto const package = only<Directory>(entry("kind='dir'\npath='.'\nsource='package'"));
    EXPECT_EQ(package.mode, Mode::ReadOnly);
    auto const host =
        only<Directory>(entry("kind='dir'\npath='/'\nsource='host'\nhost_path='www'\nmode='rw'"));
    EXPECT_EQ(host.host_path, "www");
    EXPECT_EQ(host.mode, Mode::ReadWrite);
    EXPECT_EQ(
        only<Directory>(entry("kind='dir'\npath='/'\nsource='host'\nhost_path='/srv'")).mode,
        Mode::ReadOnly
    );
    auto const attestation =
        only<Directory>(entry("kind='dir'\npath='/dev/attestation'\nsource='attestation'"));
    EXPECT_EQ(attestation.source, Source::Attestation);
}

TEST(Files, ReadTheTlsSettings) {
    auto const listen = only<Listen>(entry(
        "kind='listen'\nname='x'\nclient_certificate=true\nsession_tickets=true\nalpn=['h2', "
        "'http/1.1']\nauthorities=[" +
        std::string{certificate} + "]\ncertificate=" + std::string{certificate} +
        "\nprivate_key=" + std::string{private_key}
    ));
    EXPECT_TRUE(listen.tls.client_certificate && listen.tls.session_tickets);
    EXPECT_EQ(listen.tls.alpn, (std::vector<std::string>{"h2", "http/1.1"}));
    EXPECT_EQ(listen.tls.authorities.size(), 1U);
    EXPECT_TRUE(listen.tls.certificate.starts_with("-----BEGIN CERTIFICATE-----"));
    EXPECT_TRUE(listen.tls.private_key.starts_with("-----BEGIN PRIVATE KEY-----"));
    auto const connect =
        only<Connect>(entry("kind='connect'\nhost='10.0.0.1'\nserver_name='db.example.com'"));
    EXPECT_EQ(connect.tls.server_name, "db.example.com");
    EXPECT_FALSE(connect.tls.session_tickets);
}

TEST(Files, ReadWhatIsKnownOnlyWhereTheKeepRuns) {
    auto const listen = only<Listen>(entry(
        "kind='listen'\nname='x'\nclient_certificate=true\nauthorities='deployment'\n"
        "certificate='keep'\npeers=['spiffe://steward.example/shop/api', 'spiffe://a/']"
    ));
    EXPECT_TRUE(listen.tls.authorities_of_deployment && listen.tls.certified);
    EXPECT_TRUE(listen.tls.authorities.empty() && listen.tls.certificate.empty());
    EXPECT_EQ(
        listen.tls.peers,
        (std::vector<std::string>{"spiffe://steward.example/shop/api", "spiffe://a/"})
    );
    EXPECT_TRUE(
        only<Connect>(entry("kind='connect'\nhost='db'\nauthorities='deployment'"))
            .tls.authorities_of_deployment
    );
    auto const neither = only<Connect>(entry("kind='connect'\nhost='db'"));
    EXPECT_FALSE(neither.tls.authorities_of_deployment || neither.tls.certified);
}

struct Bad {
    std::string fields;
    std::uint32_t line; // of the text; the entry's header is line 1
    std::string_view message;
};

TEST(Files, RefuseEachMistakeWithItsPlace) {
    std::string const pem{certificate};
    for (auto const& [fields, line, message] : {
             Bad{"name='x'", 1, "each entry of `files` needs a `kind`"},
             Bad{"kind='file'", 2, "`kind` must be \"null\", \"stdin\""},
             Bad{"kind=1", 2, "`kind` must be a string, not an integer"},
             Bad{"kind='null'\nname='a:b'", 3, "must not contain ':'"},
             Bad{"kind='null'\nname=''", 3, "must not be empty"},
             Bad{"kind='null'\nport=1", 3, "unknown key `port` in an entry of kind = \"null\""},
             Bad{"kind='listen'", 1, "needs a `name`"},
             Bad{"kind='listen'\nname='x'\nport=65536", 4, "`port` must be 0 to 65535, not 65536"},
             Bad{"kind='listen'\nname='x'\nport='443'",
                 4,
                 "`port` must be an integer, not a string"},
             Bad{"kind='listen'\nname='x'\nprot='udp'",
                 4,
                 "`prot` must be \"tls\" or \"tcp\", not `udp`"},
             Bad{"kind='listen'\nname='x'\naddr='1.2.3.4:80'", 4, "`addr` is no address"},
             Bad{"kind='listen'\nname='x'\nhost='127.0.0.1'", 4, "unknown key `host`"},
             Bad{"kind='connect'", 1, "needs a `host`"},
             Bad{"kind='connect'\nhost='https://example.com'",
                 3,
                 "`host` is no address and no host name"},
             Bad{"kind='connect'\nhost=''", 3, "`host` is no address"},
             Bad{"kind='connect'\nhost='h'\nport=0", 4, "`port` must be 1 to 65535, not 0"},
             Bad{"kind='connect'\nhost='h'\nclient_certificate=true",
                 4,
                 "unknown key `client_certificate`"},
             Bad{"kind='connect'\nhost='h'\nprot='tcp'\nalpn=['h2']",
                 5,
                 "`alpn` needs prot = \"tls\""},
             Bad{"kind='connect'\nhost='h'\nalpn=['']", 4, "1 to 255 bytes"},
             Bad{"kind='connect'\nhost='h'\nalpn=['h2','h2']", 4, "stands twice"},
             Bad{"kind='connect'\nhost='h'\nserver_name='a b'", 4, "`server_name` is no host name"},
             Bad{"kind='connect'\nhost='h'\nauthorities=['/etc/ssl/ca.pem']",
                 4,
                 "certificate in PEM"},
             Bad{"kind='connect'\nhost='h'\ncertificate=" + pem,
                 4,
                 "`certificate` needs its `private_key`"},
             Bad{"kind='connect'\nhost='h'\nprivate_key=" + std::string{private_key},
                 4,
                 "needs its `certificate`"},
             Bad{"kind='connect'\nhost='h'\nprivate_key=" + pem,
                 4,
                 "must be a private key in PEM; what is there is `CERTIFICATE`"},
             Bad{"kind='connect'\nhost='h'\nprivate_key='/etc/ssl/key.pem'",
                 4,
                 "must be a private key in PEM"},
             Bad{"kind='connect'\nhost='h'\ncertificate=" + std::string{private_key},
                 4,
                 "must be a certificate in PEM; what is there is `PRIVATE KEY`"},
             Bad{"kind='listen'\nname='x'\nclient_certificate=true", 4, "needs `authorities`"},
             Bad{"kind='listen'\nname='x'\nauthorities='deployment'\npeers=['spiffe://a/b']",
                 4,
                 "needs client_certificate = true"},
             Bad{"kind='listen'\nname='x'\nauthorities='deployment'\nclient_certificate=true",
                 4,
                 "needs `peers`"},
             Bad{"kind='listen'\nname='x'\npeers=['spiffe://a/b']\nauthorities=[" + pem + "]",
                 4,
                 "`peers` needs client_certificate = true"},
             Bad{"kind='connect'\nhost='h'\npeers_without_hardware=true",
                 4,
                 "`peers_without_hardware` needs `peers`"},
             Bad{"kind='connect'\nhost='h'\npeers=['spiffe://a/b']",
                 4,
                 "`peers` needs `authorities`"},
             Bad{"kind='connect'\nhost='h'\nauthorities='system'", 4, "or \"deployment\""},
             Bad{"kind='connect'\nhost='h'\ncertificate='keep'\nprivate_key=" +
                     std::string{private_key},
                 5,
                 "takes no `private_key`"},
             Bad{"kind='connect'\nhost='h'\nauthorities='deployment'\npeers=['spiffe://a/b',"
                 "'spiffe://a/b']",
                 5,
                 "stands twice in `peers`"},
             Bad{"kind='connect'\nhost='h'\nprot='tcp'\npeers=['spiffe://a/b']",
                 5,
                 "`peers` needs prot = \"tls\""},
             Bad{"kind='listen'\nname='x'\nsession_tickets='yes'",
                 4,
                 "must be true or false, not a string"},
             Bad{"kind='dir'\nsource='memory'", 1, "needs a `path`"},
             Bad{"kind='dir'\npath=''\nsource='memory'", 3, "`path` must not be empty"},
             Bad{"kind='dir'\npath='a/../..'\nsource='memory'", 3, "must not contain \"..\""},
             Bad{"kind='dir'\npath='/'", 1, "needs a `source`"},
             Bad{"kind='dir'\npath='/'\nsource='disk'",
                 4,
                 "`source` must be \"memory\", \"package\", \"host\" or \"attestation\""},
             Bad{"kind='dir'\npath='/'\nsource='attestation'\nmode='rw'",
                 5,
                 "`mode` does not go with source = \"attestation\""},
             Bad{"kind='dir'\npath='/'\nsource='host'", 1, "needs a `host_path`"},
             Bad{"kind='dir'\npath='/'\nsource='host'\nhost_path=''",
                 5,
                 "`host_path` must not be empty"},
             Bad{"kind='dir'\npath='/'\nsource='memory'\nhost_path='/tmp'",
                 5,
                 "source = \"host\" only"},
             Bad{"kind='dir'\npath='/'\nsource='memory'\nmode='r'",
                 5,
                 "`mode` must be \"ro\" or \"rw\", not `r`"},
             Bad{"kind='dir'\npath='/'\nsource='package'\nmode='rw'", 5, "cannot be written"},
         }) {
        auto const error = refused(entry(fields));
        EXPECT_TRUE(error.message.contains(message)) << fields << "\ngives " << error.message;
        EXPECT_EQ(error.line, line) << fields << "\ngives " << error.message;
    }
    EXPECT_TRUE(refused("[files]\nkind = 'null'").message.contains("array of tables"));
    EXPECT_TRUE(
        refused("files = ['null']").message.contains("each entry of `files` must be a table")
    );
}

TEST(Files, TakeForPeersOnlyWhatIsASpiffeId) {
    auto const with = [](std::string const& peer) {
        return entry("kind='connect'\nhost='h'\nauthorities='deployment'\npeers=['" + peer + "']");
    };
    for (auto const* good :
         {"spiffe://a/b", "spiffe://a.b-c_1/B/c.d/..e", "spiffe://a/b/", "spiffe://a/"})
        EXPECT_EQ(only<Connect>(with(good)).tls.peers.front(), good);
    for (auto const& bad :
         {std::string{},
          std::string{"a/b"},
          std::string{"spiffe://"},
          std::string{"spiffe://a"},
          std::string{"spiffe:///b"},
          std::string{"spiffe://A/b"},
          std::string{"spiffe://a/b//c"},
          std::string{"spiffe://a//"},
          std::string{"spiffe://a/b/../c"},
          std::string{"spiffe://a/./b"},
          std::string{"spiffe://a/b c"},
          std::string{"spiffe://a/*"},
          std::string{"spiffe://a/b?c"},
          "spiffe://" + std::string(256, 'a') + "/b",
          "spiffe://a/" + std::string(2048, 'b')})
        EXPECT_TRUE(refused(with(bad)).message.contains("SPIFFE ID")) << bad;
}

// Who wrote the file may be nobody's friend: looking for blocks in it takes as long as it is.
TEST(Files, WithBlocksThatNeverEndAreRefusedAtOnce) {
    constexpr std::size_t size = 300'000;
    for (std::string_view const piece :
         {"-----BEGIN ", "-----BEGIN A-----", "-----BEGIN -----END "}) {
        std::string text;
        while (text.size() < size) text += piece;
        auto const before = std::clock();
        auto const error =
            refused(entry("kind='connect'\nhost='h'\ncertificate='" + text + "'\nprivate_key='x'"));
        EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC / 2) << piece;
        EXPECT_TRUE(error.message.contains("must be a certificate in PEM")) << piece;
    }
}

TEST(Files, HaveBlocksThatEndAlsoBehindOneThatDoesNot) {
    auto const connect = only<Connect>(entry(
        "kind='connect'\nhost='h'\ncertificate='''-----BEGIN NOTHING-----\n-----BEGIN "
        "CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----'''\nprivate_key=" +
        std::string{private_key}
    ));
    EXPECT_TRUE(connect.tls.certificate.contains("BEGIN CERTIFICATE"));
}

TEST(Files, TellWhichKindAKeyBelongsTo) {
    EXPECT_EQ(
        refused(entry("kind='stdin'\nhost_path='x'")).hint, "`host_path` is a key of kind = \"dir\""
    );
    EXPECT_EQ(refused(entry("kind='listen'\nname='x'\nprto='tcp'")).hint, "did you mean `prot`?");
    EXPECT_EQ(refused(entry("kind='lisen'\nname='x'")).hint, "did you mean `listen`?");
}

TEST(Files, MustNotShareANameOrAPath) {
    auto const error =
        refused(entry("kind='listen'\nname='x'\nport=1") + entry("kind='null'\nname='x'"));
    EXPECT_EQ(error.line, 5U);
    EXPECT_TRUE(error.message.contains("the name `x`; the first is in line 1"));
    EXPECT_TRUE(refused(
                    entry("kind='connect'\nhost='h'\nport=1") +
                    entry("kind='connect'\nhost='h'\nport=2")
    )
                    .message.contains("name `h`"));
    auto const dir = refused(
        entry("kind='dir'\npath='/a'\nsource='memory'") +
        entry("kind='dir'\npath='/a/'\nsource='memory'")
    );
    EXPECT_TRUE(dir.message.contains("the path `/a`"));
    EXPECT_EQ(
        files_of(entry("kind='null'") + entry("kind='null'") + entry("kind='stderr'")).size(), 3U
    );
}

} // namespace
