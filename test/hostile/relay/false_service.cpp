#include "relay/false_service.hpp"

#include "base/hex.hpp"
#include "crypto/certificate.hpp"
#include "crypto/pem.hpp"
#include "net/http_client.hpp"
#include "net/server/server.hpp"
#include "protocol/provision/pull.hpp"
#include "relay/judge.hpp"
#include "relay/record.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

namespace relay {

namespace wire = protocol::provision;
using crypto::BoundChannel;
using crypto::authenticator::End::Client;
using net::server::Response;

namespace {

std::string text_of_file(std::string const& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void say(std::string const& line) {
    std::puts(line.c_str());
    (void)std::fflush(stdout);
}

// Of the first certificate in a PEM file.
Bytes key_in(std::string const& path) {
    auto const text = text_of_file(path);
    auto const blocks = *crypto::parse_pem(base::view_of(text));
    auto const certificate = *crypto::Certificate::parse(blocks.front().der);
    auto const key = certificate.public_key_info();
    return {key.begin(), key.end()};
}

crypto::P256SigningKey told_key() {
    std::string path;
    std::getline(std::cin, path);
    if (path.empty()) return *crypto::P256SigningKey::generate();
    return *crypto::P256SigningKey::parse_pem(base::view_of(text_of_file(path)));
}

// The real service, asked in the Keep's place.
class Asked {
public:
    Asked(RealService const& real, crypto::P256SigningKey const& key)
        : address_{*net::WebAddress::parse(real.url)}, client_{settings(real, key)} {}

    Response post(std::string const& path, base::View body) {
        net::HttpRequest request{.method = "POST", .address = address_, .target = path};
        request.headers = {{"Content-Type", std::string{wire::cbor_type}}};
        request.body = net::RequestBody::of(std::string{base::text_of(body)});
        auto const got = client_.ask(request);
        if (!got) return {.status = 502, .type = "text/plain", .body = got.error().text};
        auto const* const type = got->header("content-type");
        return {
            .status = got->status,
            .type = type == nullptr ? "" : *type,
            .body = std::string{base::text_of(got->body)}
        };
    }
    BoundChannel channel(base::View request) const {
        return *BoundChannel::of(*client_.channel()->tls(), Client, request);
    }

private:
    static net::HttpSettings settings(RealService const& real, crypto::P256SigningKey const& key) {
        net::HttpSettings out;
        out.tls.authorities = {text_of_file(real.root)};
        out.tls.credential = std::make_shared<crypto::TlsCredential const>(credential_of(key));
        out.tls.also_tls_1_2 = false;
        return out;
    }

    net::WebAddress address_;
    net::HttpClient client_;
};

class FalseService {
public:
    explicit FalseService(FalseServiceWish const& wish) : wish_{wish} {}

    Response challenge(net::server::Request const& asked, net::server::Client& client) {
        if (!key_) {
            say(base::hex(client.public_key()));
            key_.emplace(told_key());
        }
        if (!wish_.real) {
            request_ = new_request(Client);
            return cbor(
                wire::encode(
                    wire::Challenge{.version = wire::version, .suite = 2, .request = request_}
                )
            );
        }
        real_.emplace(*wish_.real, *key_);
        auto out = real_->post(asked.path, asked.body);
        if (auto const said = wire::decode_challenge(base::view_of(out.body)))
            request_.assign(said->request.begin(), said->request.end());
        return out;
    }

    Response attest(net::server::Request const& asked, net::server::Client& client) {
        auto const said = *wire::decode_attestation(asked.body);
        auto const channel = *BoundChannel::of(*client.tls(), Client, request_);
        auto const record = Record::of(channel, said.authenticator, said.binding);
        record.write(wish_.folder);
        if (!real_) {
            auto const answer = judgement(channel, said, wish_.certificate);
            say("to itself: " + verdict_of(answer));
            say("to the real one: " + verdict_of(judgement(channel, said, wish_.real_key)));
            if (wish_.grant && answer.channel() != nullptr)
                return cbor(
                    wire::encode(wire::Granted{grant_for(*answer.channel(), *wish_.grant)})
                );
            return net::server::problem(403, "release-denied", "it is no service");
        }
        auto const signed_anew = record.resigned(real_->channel(request_), *key_);
        bool const pass = wish_.real->way == Way::Pass;
        auto out = real_->post(
            asked.path,
            wire::encode(
                wire::Attestation{
                    .authenticator = pass ? said.authenticator : base::View{signed_anew},
                    .binding = said.binding,
                    .endorsements = {}
                }
            )
        );
        say(std::to_string(out.status) + ' ' + (out.status == 200 ? "a grant" : out.body));
        return out;
    }

private:
    static Response cbor(std::vector<std::byte> const& body) {
        return {.type = std::string{wire::cbor_type}, .body = std::string{base::text_of(body)}};
    }
    static attest::provision::Answer judgement(
        BoundChannel const& channel, wire::Attestation const& said, std::string const& certificate
    ) {
        return judged(
            channel,
            {.authenticator = said.authenticator, .binding = said.binding},
            key_in(certificate)
        );
    }

    FalseServiceWish const& wish_;
    std::optional<crypto::P256SigningKey> key_;
    std::optional<Asked> real_;
    Bytes request_;
};

} // namespace

int be_service(FalseServiceWish const& wish) {
    FalseService service{wish};
    net::server::Router router;
    auto const add = [&](std::string pattern, net::server::AtOnce handler) {
        router.add(
            {.method = "POST",
             .pattern = std::move(pattern),
             .handler = std::move(handler),
             .body = wire::largest_pull_body}
        );
    };
    add("/v1/attest/challenge",
        [&](auto const& asked, auto& client) { return service.challenge(asked, client); });
    add("/v1/attest",
        [&](auto const& asked, auto& client) { return service.attest(asked, client); });
    auto const loop = *net::server::Loop::create();
    net::server::Server server{*loop, std::move(router)};
    crypto::TlsServerSettings settings{.authorities = {}, .alpn = {}};
    settings.any_client_certificate = true;
    auto const where = server.listen(
        *os::SocketAddress::parse("127.0.0.1", 0),
        *net::server::tls_for_server(
            text_of_file(wish.certificate), text_of_file(wish.key), settings
        )
    );
    if (!where) return 1;
    say(std::to_string(where->port()));
    return loop->run() ? 0 : 1;
}

} // namespace relay
