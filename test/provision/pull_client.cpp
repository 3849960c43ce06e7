// A Keep without hardware that asks an attestation service, over real connections, so that the
// service can be tried without a Keep: pull_client URL ROOT.pem NAME SERIAL WORKLOAD CONFIGURATION
// PACKAGE TENANT FOLDER [WHAT]. Digests in hexadecimal. Each answer is a line on standard output;
// certificates, EAR and what was granted go to FOLDER. WHAT: "twice" asks for a second grant,
// "replay" answers the second challenge with the answer of the first, "no-challenge" answers none,
// "renew" asks for another certificate on a new connection.

#include "attest/provision/keep_for_tests.hpp"
#include "base/hex.hpp"
#include "crypto/cose_sign1.hpp"
#include "net/http_client.hpp"
#include "protocol/provision/grant.hpp"
#include "protocol/provision/pull.hpp"

#include <fstream>
#include <iostream>
#include <iterator>

namespace {

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
};

void save(std::string const& path, base::View bytes) {
    std::ofstream{path, std::ios::binary} << base::text_of(bytes);
}

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

    Answering::Made answer(Bytes const& request, bool ready) const {
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
            .keep = keep_, .channel = channel, .peer = base::View{peer}, .loaded = loaded
        }
            .make();
    }

    Bytes send(std::string const& path, Answering::Made const& made) {
        return post(
            path,
            wire::encode(
                wire::Attestation{
                    .authenticator = made.authenticator, .binding = made.binding, .endorsements = {}
                }
            )
        );
    }

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
        if (!got) {
            std::cout << path << " - " << got.error().text << '\n' << std::flush;
            return {};
        }
        std::cout << path << ' ' << got->status;
        if (got->status != 200) std::cout << ' ' << base::text_of(got->body);
        std::cout << '\n' << std::flush;
        return got->status == 200 ? got->body : Bytes{};
    }

    Keep const& keep_;
    Told const& told_;
    net::WebAddress address_;
    net::HttpClient client_;
};

bool granted(Keep const& keep, Told const& told, Bytes const& body, Answering::Made const& made) {
    auto const answer = wire::decode_granted(body);
    if (!answer) return false;
    auto const report_data =
        crypto::sha512(wire::report_data_input(wire::Purpose::Provision, made.binding));
    auto const opened = keep.recipient.open(wire::info_of_grant(report_data), answer->grant);
    if (!opened) return false;
    auto const message =
        crypto::verified_message(*wire::unpadded(opened->view()), wire::grant_type);
    auto const grant = wire::decode_grant(message->payload);
    if (!grant) return false;
    std::cout << "grantor " << base::hex(crypto::sha256(message->key)) << '\n';
    if (grant->package_key) std::cout << "key " << base::hex(*grant->package_key) << '\n';
    for (auto const& [name, value] : grant->secrets)
        std::cout << "secret " << name << ' ' << base::text_of(value) << '\n';
    save(told.folder + "/deployment.cose", grant->deployment);
    return true;
}

bool certified(Told const& told, Bytes const& body) {
    auto const answer = wire::decode_certified(body);
    if (!answer) return false;
    save(told.folder + "/leaf.der", answer->chain.at(0));
    save(told.folder + "/intermediate.der", answer->chain.at(1));
    save(told.folder + "/ear.jwt", base::view_of(answer->ear));
    std::cout << "not-after " << answer->not_after << " renew-at " << answer->renew_at << '\n';
    return true;
}

int play(Told const& told) {
    Keep const keep;
    Asking asking{keep, told};
    if (told.what == "no-challenge") {
        (void)asking.challenge();
        auto const made = asking.answer(
            crypto::authenticator::request(
                crypto::authenticator::End::Client, Bytes(32, std::byte{1})
            ),
            false
        );
        (void)asking.send("/v1/attest", made);
        return asking.send("/v1/attest", made).empty() ? 1 : 0; // nothing is asked any more
    }
    auto const request = asking.challenge();
    if (request.empty()) return 1;
    auto const made = asking.answer(request, false);
    if (!granted(keep, told, asking.send("/v1/attest", made), made)) return 1;
    if (told.what == "twice" || told.what == "replay") {
        auto const second = asking.challenge();
        return asking.send(
                         "/v1/attest", told.what == "replay" ? made : asking.answer(second, false)
               )
                       .empty()
                   ? 1
                   : 0;
    }
    auto const again = asking.challenge();
    if (!certified(told, asking.send("/v1/attest/ready", asking.answer(again, true)))) return 1;
    if (told.what != "renew") return 0;
    std::string line; // when the story is ready for it
    std::getline(std::cin, line);
    Asking later{keep, told};
    auto const third = later.challenge();
    if (third.empty()) return 1;
    return certified(told, later.send("/v1/renew", later.answer(third, true))) ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() < 9) return 2;
    std::ifstream root{words[1]};
    words.resize(10);
    auto const bytes = [](std::string const& digits) { return base::unhex(digits).value(); };
    return play(
        {.url = words[0],
         .root = {std::istreambuf_iterator<char>{root}, {}},
         .name = words[2],
         .serial = std::stoull(words[3]),
         .workload = bytes(words[4]),
         .configuration = bytes(words[5]),
         .package = bytes(words[6]),
         .tenant = bytes(words[7]),
         .folder = words[8],
         .what = words[9]}
    );
}
