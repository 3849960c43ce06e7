// relay between FRONT BACK pass|resign|splice [KEY.pem]   stands between; with the key of a Keep
// relay keep SOCKET KEY-OUT [nonce-only]                  the double of a Keep
// relay tenant SOCKET [nonce-only]                        the double of a tenant
// relay ask SOCKET FOLDER                                 writes down what a Keep answers
// relay show FRONT FOLDER pass|resign [KEY.pem]           shows that to a tenant
// relay service CERTIFICATE KEY FOLDER REAL-CERTIFICATE [URL ROOT pass|resign]
//                                                         is no service
// relay service CERTIFICATE KEY FOLDER REAL-CERTIFICATE grant DEPLOYMENT GRANTOR TENANT KEY [WRONG]
//                                                         grants what a Keep may not take
// relay grant SOCKET DEPLOYMENT GRANTOR TENANT KEY [WRONG] the same, to one that waits
// relay steal PROCESS KEY OUT.pem                         the private key of a Keep's process

#include "base/hex.hpp"
#include "relay/between.hpp"
#include "relay/doubles.hpp"
#include "relay/earlier.hpp"
#include "relay/false_service.hpp"
#include "relay/grants.hpp"
#include "relay/theft.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <vector>

namespace {

crypto::P256SigningKey key_of(std::string const& path) {
    if (path.empty()) return *crypto::P256SigningKey::generate();
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return *crypto::P256SigningKey::parse_pem(base::view_of(text.str()));
}

int steal(std::string const& process, std::string const& key, std::string const& out) {
    auto const theft = relay::key_in_memory(std::stoi(process), *base::unhex(key));
    if (theft.forbidden) std::puts("forbidden");
    if (!theft.key) std::printf("not among %zu numbers\n", theft.tried);
    if (theft.key) std::ofstream{out} << base::text_of(theft.key->pem()->view());
    return 0;
}

} // namespace

int main(int count, char** words) {
    std::vector<std::string> const given{words + 1, words + count};
    auto const word = [&](std::size_t at) { return at < given.size() ? given[at] : std::string{}; };
    if (word(0) == "between" && relay::way_of(word(3)))
        return relay::stand_between(
            {.front = word(1),
             .back = word(2),
             .way = *relay::way_of(word(3)),
             .key = key_of(word(4))}
        );
    if (word(0) == "keep")
        return relay::be_keep(
            {.socket = word(1), .key_out = word(2), .nonce_only = word(3) == "nonce-only"}
        );
    if (word(0) == "tenant")
        return relay::be_tenant({.socket = word(1), .nonce_only = word(2) == "nonce-only"});
    if (word(0) == "ask") return relay::ask(word(1), word(2));
    if (word(0) == "show")
        return relay::show(
            {.front = word(1),
             .folder = word(2),
             .resign = word(3) == "resign",
             .key = key_of(word(4))}
        );
    if (word(0) == "service") {
        relay::FalseServiceWish wish{
            .certificate = word(1),
            .key = word(2),
            .folder = word(3),
            .real_key = word(4),
            .real = {},
            .grant = {}
        };
        if (word(5) == "grant") wish.grant = relay::grant_wish({given.begin() + 6, given.end()});
        if (relay::way_of(word(7))) wish.real = {word(5), word(6), *relay::way_of(word(7))};
        return relay::be_service(wish);
    }
    if (word(0) == "grant")
        return relay::grant(word(1), relay::grant_wish({given.begin() + 2, given.end()}));
    if (word(0) == "steal") return steal(word(1), word(2), word(3));
    std::fputs("relay between|keep|tenant|ask|show|service|steal ...\n", stderr);
    return 2;
}
