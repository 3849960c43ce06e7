// relay between FRONT BACK pass|resign|splice [KEY.pem]   stands between; with the key of a Keep
// relay keep SOCKET KEY-OUT [nonce-only]                  the double of a Keep
// relay tenant SOCKET [nonce-only]                        the double of a tenant

#include "relay/between.hpp"
#include "relay/doubles.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <vector>

namespace {

crypto::P256SigningKey key_of(std::string const& path) {
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return *crypto::P256SigningKey::parse_pem(base::view_of(text.str()));
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
             .key = word(4).empty() ? *crypto::P256SigningKey::generate() : key_of(word(4))}
        );
    if (word(0) == "keep")
        return relay::be_keep(
            {.socket = word(1), .key_out = word(2), .nonce_only = word(3) == "nonce-only"}
        );
    if (word(0) == "tenant")
        return relay::be_tenant({.socket = word(1), .nonce_only = word(2) == "nonce-only"});
    std::fputs("relay between|keep|tenant ...\n", stderr);
    return 2;
}
