// The Keep has one certificate for all who do not bring their own.

#include "crypto/pem.hpp"
#include "keep/exec/net/identity.hpp"

#include <gtest/gtest.h>

namespace exec::net {
namespace {

package::Listen listener(std::string address, package::Protocol protocol = package::Protocol::Tls) {
    return {
        .name = "web", .protocol = protocol, .address = std::move(address), .port = 443, .tls = {}
    };
}

std::string shown(Identity const& identity, package::Tls const& settings = {}) {
    return *identity.credential(settings)->leaf_pem();
}

TEST(Identity, presents_one_certificate_on_every_entry) {
    std::vector<package::File> const files{listener("192.0.2.1"), listener("host.example")};
    Identity const identity{files};
    EXPECT_EQ(shown(identity), shown(identity));
    EXPECT_EQ(**identity.certificate(), shown(identity));
    EXPECT_NE(shown(identity), shown(Identity{files}));
}

TEST(Identity, names_all_addresses_of_its_entries_in_the_certificate) {
    std::vector<package::File> const files{listener("host.example"), listener("::")};
    auto const pem = **Identity{files}.certificate();
    auto const blocks = crypto::parse_pem(base::view_of(pem));
    ASSERT_TRUE(blocks);
    auto const der = base::text_of(blocks->front().der);
    EXPECT_TRUE(der.contains("localhost"));
    EXPECT_TRUE(der.contains("host.example"));
}

TEST(Identity, has_no_certificate_to_tell_of_where_no_entry_presents_it) {
    auto own = listener("127.0.0.1");
    own.tls.certificate = "PEM";
    for (auto const& files : std::vector<std::vector<package::File>>{
             {}, {listener("127.0.0.1", package::Protocol::Tcp)}, {own}
         })
        EXPECT_EQ(*Identity{files}.certificate(), std::nullopt);
}

TEST(Identity, tells_of_the_certificate_that_a_client_presents) {
    std::vector<package::File> const files{package::Connect{
        .name = "peer", .protocol = package::Protocol::Tls, .host = "a", .port = 443, .tls = {}
    }};
    Identity const identity{files};
    EXPECT_EQ(**identity.certificate(), shown(identity));
}

} // namespace
} // namespace exec::net
