#include "relay/grants.hpp"

#include "base/hex.hpp"
#include "crypto/cose_sign1.hpp"
#include "crypto/hpke.hpp"
#include "protocol/provision/deployment.hpp"
#include "protocol/provision/grant.hpp"
#include "relay/judge.hpp"
#include "relay/record.hpp"
#include "relay/visit.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>

namespace relay {

namespace wire = protocol::provision;

namespace {

std::string text_of_file(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

crypto::P256SigningKey key_of_file(std::string const& path) {
    return *crypto::P256SigningKey::parse_pem(base::view_of(text_of_file(path)));
}

std::uint64_t now() {
    return static_cast<std::uint64_t>(
        std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())
    );
}

// What the tenant has signed, with a field that is another one; signed by the tenant all the same.
using Change = void (*)(wire::Deployment&);
std::map<std::string, Change> const changes{
    {"serial", [](auto& it) { it.serial = 0; }},
    {"time", [](auto& it) { it.not_after = now() - 86'400; }},
    {"hardware", [](auto& it) { it.hardware = true; }},
    {"grantors", [](auto& it) { it.grantors = {it.package}; }},
};

Bytes deployment_of(GrantWish const& wish) {
    auto out = wish.deployment;
    if (wish.wrong == "signature") out.back() ^= std::byte{1};
    auto const message = crypto::verified_message(wish.deployment, wire::deployment_type);
    auto deployment = *wire::decode_deployment(message->payload);
    if (wish.wrong == "workload") { // as somebody changes it who has no key
        auto const workload = deployment.workload;
        auto const at = std::ranges::search(out, workload).begin();
        *at ^= std::byte{1};
    }
    auto const change = changes.find(wish.wrong);
    if (change == changes.end()) return out;
    change->second(deployment);
    return *crypto::sign_message(wish.tenant, wire::deployment_type, wire::encode(deployment));
}

Bytes turned(base::View bytes) {
    Bytes out{bytes.begin(), bytes.end()};
    out.front() ^= std::byte{1};
    return out;
}

} // namespace

GrantWish grant_wish(std::vector<std::string> const& words) {
    auto const text = text_of_file(words.at(0));
    auto const deployment = base::view_of(text);
    return {
        .deployment = {deployment.begin(), deployment.end()},
        .grantor = key_of_file(words.at(1)),
        .tenant = key_of_file(words.at(2)),
        .package_key = *base::unhex(words.at(3)),
        .wrong = words.size() > 4 ? words[4] : std::string{}
    };
}

Bytes grant_for(attest::provision::AttestedChannel const& channel, GrantWish const& wish) {
    auto const deployment = deployment_of(wish);
    auto const others_keep = turned(channel.keep_id());
    auto const others_data = turned(channel.report_data());
    auto const is = [&](std::string_view what) { return wish.wrong == what; };
    base::View key = wish.package_key;
    wire::Grant out{
        .deployment = deployment,
        .keep_id = is("keep") ? base::View{others_keep} : base::View{channel.keep_id()},
        .report_data = is("evidence") ? base::View{others_data} : base::View{channel.report_data()},
        .package_key = is("key") ? key.first(31) : key,
        .secrets = {},
        .authorities = {},
        .time = now(),
        .log = {},
        .sources = {}
    };
    auto const value = base::view_of("hunter2");
    if (!is("secret-missing")) out.secrets.emplace_back("PASSWORD", value);
    if (is("secret-more")) out.secrets.emplace_back("PASSWORD2", value);
    auto const signer = is("grantor") ? *crypto::P256SigningKey::generate() : wish.grantor;
    auto const message = *crypto::sign_message(signer, wire::grant_type, wire::encode(out));
    return *crypto::hpke::seal(
        crypto::hpke::Suite(channel.suite()),
        channel.recipient_key(),
        wire::info_of_grant(
            is("connection") ? base::View{others_data} : base::View{channel.report_data()}
        ),
        wire::padded(message)
    );
}

int grant(std::string const& socket, GrantWish const& wish) {
    auto visited = visit(socket, wish.grantor);
    if (!visited) return 1;
    auto const answer = judged(visited->channel(), visited->offer(), wish.grantor.public_key());
    if (answer.channel() == nullptr) return 1;
    visited->keep.say(
        wire::FrameType::Grant, wire::encode_bytes(grant_for(*answer.channel(), wish))
    );
    while (auto const heard = visited->keep.hear()) {
        if (heard->type == wire::FrameType::Stream) // why, for people
            std::fputs(
                std::string{base::text_of(wire::decode_stream(heard->body)->bytes)}.c_str(), stderr
            );
        auto const name = wire::decode_text(heard->body, 64);
        if (heard->type == wire::FrameType::Refuse) std::puts(std::string{*name}.c_str());
        if (heard->type == wire::FrameType::Status) std::puts("granted");
        if (heard->type != wire::FrameType::Stream) break;
    }
    return 0;
}

} // namespace relay
