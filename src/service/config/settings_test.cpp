#include "service/config/settings.hpp"

#include <gmock/gmock.h>

namespace service {
namespace {

std::string good() {
    return R"(listen = ["127.0.0.1:0"]
operator = "127.0.0.1:0"
name = "steward.example"
policies = "policies"

[limits]
queue = 7

[tenant.shop]
keys = [")" +
           std::string(64, 'a') + R"("]
deployments = ["shop/", "one"]
dns-names = ["*.shop.example"]
replicas = 3
allow-no-hardware = true
)";
}

std::string replaced(std::string text, std::string const& what, std::string const& by) {
    auto const at = text.find(what);
    return text.replace(at, what.size(), by);
}

TEST(Settings, AreReadWithTheirTenants) {
    auto const settings = *parse_settings("steward.toml", good());
    EXPECT_EQ(settings.trust_domain, "steward.example");
    EXPECT_EQ(settings.queue, 7U);
    Digest key{};
    key.fill(std::byte{0xaa});
    auto const* tenant = settings.tenant_with(key);
    ASSERT_NE(tenant, nullptr);
    EXPECT_TRUE(tenant->may_name("shop/api"));
    EXPECT_TRUE(tenant->may_name("one"));
    for (auto const* name : {"shop", "shops/api", "one/two", "other"})
        EXPECT_FALSE(tenant->may_name(name)) << name;
    key[0] = std::byte{0};
    EXPECT_EQ(settings.tenant_with(key), nullptr);
}

TEST(Settings, EachMistakeIsNamedWithItsPlace) {
    struct Case {
        char const* what;
        std::string by;
        char const* says;
    };
    auto const key = "keys = [\"" + std::string(64, 'a') + "\"]";
    for (auto const& [what, by, says] : {
             Case{"queue = 7", "quue = 7", "did you mean `limits.queue`"},
             Case{"queue = 7", "queue = 0", "wants a whole number from 1 on"},
             Case{"name = \"steward.example\"", "", "`name` is missing"},
             Case{"name = \"steward.example\"", "name = \"a b\"", "wants a host name"},
             Case{"listen = [\"127.0.0.1:0\"]", "", "`listen` is missing"},
             Case{"keys", "kys", "did you mean `keys`"},
             Case{"\"aa", "\"a", "wants an array of key digests"},
             Case{"\"*.shop.example\"", "\"*\"", "wants an array of host names"},
             Case{"\"shop/\"", "\"../\"", "wants an array of deployments' names"},
             Case{"\"shop/\"", "\"/\"", "wants an array of deployments' names"},
             Case{"replicas", "[tenant.two]\n" + key + "\nreplicas", "there already"},
             Case{"replicas", "[tenant.two]\nreplicas", "has no `keys`"},
             Case{"[limits]", "[limits", "steward.toml:6:"},
         }) {
        auto const settings = parse_settings("steward.toml", replaced(good(), what, by));
        ASSERT_FALSE(settings) << by;
        EXPECT_EQ(settings.error().name, "service-configuration-invalid");
        EXPECT_THAT(settings.error().text, testing::HasSubstr(says)) << by;
    }
}

TEST(Settings, ATokenIsNamedWholeOrNotAtAll) {
    std::string const whole = "module = \"m.so\"\ntoken = \"ca\"\npin-file = \"pin\"\n";
    auto const with = [&](std::string const& text) {
        return parse_settings("steward.toml", good() + "\n[signer]\n" + text);
    };
    auto const settings = with(whole + "root-key = \"root\"\n");
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->signer.root_key, "root");
    EXPECT_TRUE(settings->signer.any());
    EXPECT_FALSE(parse_settings("steward.toml", good())->signer.any());
    EXPECT_FALSE(with(whole));
    EXPECT_FALSE(with("root-key = \"root\"\n"));
    EXPECT_FALSE(with(whole + "root-key = \"root\"\npin = \"1234\"\n"));
    EXPECT_TRUE(parse_signer("signer.toml", whole + "intermediate-key = \"a\"\n"));
    EXPECT_FALSE(parse_signer("signer.toml", whole));
    EXPECT_FALSE(parse_signer("signer.toml", whole + "root-key = \"a\"\nlisten = [\"a:1\"]\n"));
}

} // namespace
} // namespace service
