#pragma once

// A Keep of a test that asks an attestation service over a real connection, step by step.

#include "attest/provision/keep_for_tests.hpp"
#include "net/http_client.hpp"
#include "protocol/provision/pull.hpp"

#include <functional>

namespace provision_tests {

namespace wire = protocol::provision;
using attest::provision::testing::Answering;
using attest::provision::testing::Keep;
using Bytes = std::vector<std::byte>;

struct Told {
    std::string url;
    std::string root;
    std::string name;
    std::uint64_t serial = 0;
    Bytes workload;
    Bytes configuration;
    Bytes package;
    Bytes tenant;
    std::string folder;
    std::string what;
    // Each answer, as it comes.
    std::function<void(std::string const& path, unsigned status, std::string const& problem)> say =
        [](auto const&, auto, auto const&) {};
};

class Asking {
public:
    Asking(Keep const& keep, Told const& told)
        : keep_{keep},
          told_{told},
          address_{*net::WebAddress::parse(told.url)},
          client_{settings(keep, told)} {}

    // What the service asks; empty where it does not.
    Bytes challenge() {
        auto const body = post(
            "/v1/attest/challenge",
            wire::encode(wire::ChallengeWish{.versions = {1}, .name = told_.name})
        );
        auto const asked = wire::decode_challenge(body);
        if (!asked) return {};
        return {asked->request.begin(), asked->request.end()};
    }

    using Spoil = std::function<void(wire::Binding&)>;
    using Evidence = std::function<Bytes(base::View report_data)>;

    Answering::Made answer(
        Bytes const& request,
        bool ready,
        Spoil const& spoil = [](auto&) {},
        Evidence const& evidence = {}
    ) const {
        auto const channel = *crypto::BoundChannel::of(
            *client_.channel()->tls(), crypto::authenticator::End::Client, request
        );
        auto const peer = crypto::sha256(channel.peer_key());
        std::optional<wire::Loaded> loaded;
        if (ready)
            loaded = wire::Loaded{
                .workload = told_.workload,
                .configuration = told_.configuration,
                .tenant = told_.tenant,
                .package = told_.package,
                .deployment = told_.name,
                .serial = told_.serial
            };
        return Answering{
            .keep = keep_,
            .channel = channel,
            .peer = base::View{peer},
            .loaded = loaded,
            .spoil = spoil,
            .evidence = evidence
        }
            .make();
    }

    Bytes send(
        std::string const& path,
        Answering::Made const& made,
        std::span<Bytes const> endorsements = {}
    ) {
        return post(
            path,
            wire::encode(
                wire::Attestation{
                    .authenticator = made.authenticator,
                    .binding = made.binding,
                    .endorsements = {endorsements.begin(), endorsements.end()}
                }
            )
        );
    }

    // Of the last answer.
    unsigned status() const { return status_; }
    std::string const& problem() const { return problem_; }

private:
    static net::HttpSettings settings(Keep const& keep, Told const& told) {
        net::HttpSettings out;
        out.tls.authorities = {told.root};
        out.tls.credential = std::make_shared<crypto::TlsCredential const>(keep.identity.share());
        out.tls.also_tls_1_2 = false;
        return out;
    }

    Bytes post(std::string const& path, Bytes const& body) {
        net::HttpRequest request{.method = "POST", .address = address_, .target = path};
        request.headers = {{"Content-Type", std::string{wire::cbor_type}}};
        request.body = net::RequestBody::of(std::string{base::text_of(body)});
        auto const got = client_.ask(request);
        status_ = got ? got->status : 0;
        problem_ = !got                 ? got.error().text
                   : got->status == 200 ? ""
                                        : std::string{base::text_of(got->body)};
        told_.say(path, status_, problem_);
        return status_ == 200 ? got->body : Bytes{};
    }

    Keep const& keep_;
    Told const& told_;
    net::WebAddress address_;
    net::HttpClient client_;
    unsigned status_ = 0;
    std::string problem_;
};

} // namespace provision_tests
