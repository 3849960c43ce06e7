// A Keep without hardware that asks an attestation service, over real connections, so that the
// service can be tried without a Keep: pull_client URL ROOT.pem NAME SERIAL WORKLOAD CONFIGURATION
// PACKAGE TENANT FOLDER [WHAT]. Digests in hexadecimal. Each answer is a line on standard output;
// certificates, EAR and what was granted go to FOLDER. WHAT: "twice" asks for a second grant,
// "replay" answers the second challenge with the answer of the first, "no-challenge" answers none,
// "renew" asks for another certificate on a new connection. "channel", "peer" and "end" sign, with
// the Keep's own key, a binding that was made for another connection, service or end;
// "evidence:FILE" shows the file's bytes as its evidence.

#include "asking.hpp"
#include "base/hex.hpp"
#include "crypto/cose_sign1.hpp"
#include "protocol/provision/grant.hpp"

#include <fstream>
#include <iostream>
#include <iterator>

namespace {

using namespace provision_tests;

void save(std::string const& path, base::View bytes) {
    std::ofstream{path, std::ios::binary} << base::text_of(bytes);
}

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
    if (grant->log) {
        save(told.folder + "/checkpoint", base::view_of(grant->log->checkpoint));
        save(told.folder + "/proof", grant->log->proof);
        save(told.folder + "/authenticator", made.authenticator);
    }
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

// What somebody recorded of a machine with hardware; nothing: evidence of this Keep's own.
Asking::Evidence recorded(std::string const& what) {
    constexpr std::string_view prefix = "evidence:";
    if (!what.starts_with(prefix)) return {};
    std::ifstream file{what.substr(prefix.size()), std::ios::binary};
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    auto const view = base::view_of(text);
    return [bytes = Bytes{view.begin(), view.end()}](base::View) { return bytes; };
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
    static Bytes const other(48, std::byte{1});
    auto const made = asking.answer(
        request,
        false,
        [&](wire::Binding& binding) {
            if (told.what == "channel")
                binding.binder = base::View{other}.first(binding.binder.size());
            if (told.what == "peer") binding.peer = base::View{other}.first(32);
            if (told.what == "end") binding.end = wire::End::Server;
        },
        recorded(told.what)
    );
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
         .what = words[9],
         .say = [](std::string const& path, unsigned status, std::string const& problem) {
             std::cout << path << ' ' << (status == 0 ? "-" : std::to_string(status));
             if (!problem.empty()) std::cout << ' ' << problem;
             std::cout << '\n' << std::flush;
         }}
    );
}
