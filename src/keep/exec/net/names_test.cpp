#include "keep/exec/net/names.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace exec::net {
namespace {

std::string all(std::string const& name) {
    auto const found = resolve(name, 7);
    if (!found) return std::string{found.error().name};
    std::string text;
    for (auto const& address : *found) text += address.to_string() + " ";
    return text;
}

TEST(Names, know_literals_without_asking) {
    EXPECT_EQ(all("192.0.2.1"), "192.0.2.1:7 ");
    EXPECT_EQ(all("::1"), "[::1]:7 ");
    EXPECT_EQ(all("[2001:db8::1]"), "[2001:db8::1]:7 ");
}

TEST(Names, know_localhost_without_asking) {
    EXPECT_EQ(all("localhost"), "127.0.0.1:7 [::1]:7 ");
    EXPECT_EQ(all("app.localhost."), "127.0.0.1:7 [::1]:7 ");
}

TEST(Names, find_what_the_hosts_file_says) {
    std::ifstream hosts{"/etc/hosts"};
    std::string address;
    std::string name;
    for (std::string line; std::getline(hosts, line);) {
        std::istringstream words{line};
        std::string word;
        if (words >> word >> name && word.starts_with("127.") && name != "localhost")
            address = word;
        if (!address.empty()) break;
    }
    if (address.empty()) {
        std::puts("SKIP Names.find_what_the_hosts_file_says: /etc/hosts has localhost only");
        GTEST_SKIP();
    }
    EXPECT_EQ(all(name).rfind(address + ":7 ", 0), 0U) << name;
}

TEST(Names, say_which_name_they_do_not_know) {
    // RFC 6761 6.4: nobody may answer for .invalid.
    auto const found = resolve("no-such-host.invalid", 7);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().name, "host-not-found");
    EXPECT_NE(found.error().text.find("no-such-host.invalid"), std::string::npos);
    EXPECT_EQ(all("not a name"), "host-not-found");
    EXPECT_EQ(all(""), "host-not-found");
}

} // namespace
} // namespace exec::net
