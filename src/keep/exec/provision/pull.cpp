#include "keep/exec/provision/pull.hpp"

#include "protocol/provision/pull.hpp"

#include <algorithm>
#include <thread>

namespace exec::provision {

namespace wire = protocol::provision;
using namespace std::chrono_literals;

namespace {

std::unexpected<os::Failure> invalid(std::string_view field) {
    return std::unexpected(
        os::Failure{
            .name = "steward-answer-invalid",
            .text = "the attestation service answers something that no service does: " +
                    std::string{field}
        }
    );
}

// Asks again where the service says that it could do it later, and for no other reason.
template <class Ask>
auto patiently(Ask const& ask) -> os::OrFailure<typename decltype(ask())::value_type> {
    for (unsigned tries = 1;; ++tries) {
        auto answer = ask();
        if (answer) return std::move(*answer);
        auto const& why = answer.error();
        bool const later = why.failure.name == "rate-limited" ||
                           why.failure.name == "service-busy" ||
                           why.failure.name == "store-unavailable";
        if (!later || tries == most_tries) return std::unexpected(why.failure);
        std::this_thread::sleep_for(std::clamp(why.wait.value_or(1s), 1s, longest_wait));
    }
}

std::chrono::sys_seconds at(std::uint64_t seconds) {
    constexpr std::uint64_t end_of_time = 253'402'300'799; // of year 9999, as certificates count
    return std::chrono::sys_seconds{
        std::chrono::seconds{static_cast<std::int64_t>(std::min(seconds, end_of_time))}
    };
}

} // namespace

os::OrFailure<Granted> pull_grant(Steward& steward, Empty empty) {
    std::optional<Answer> answered;
    auto const answer = [&](crypto::BoundChannel const& channel,
                            crypto::hpke::Suite suite) -> OrRefusal<Answer> {
        answered = TRY(empty.answer(channel, suite));
        return *answered;
    };
    auto const body = TRY(patiently([&] { return steward.attest("/v1/attest", answer); }));
    auto const granted = wire::decode_granted(body);
    if (!granted) return invalid(granted.error().field);
    return std::move(empty).take(granted->grant, *answered);
}

OrUnanswered<Certified> ask_certificate(Steward& steward, Ready const& ready, Issue issue) {
    auto const answer = [&](crypto::BoundChannel const& channel, crypto::hpke::Suite) {
        return ready.answer(channel);
    };
    auto const body =
        TRY(steward.attest(issue == Issue::First ? "/v1/attest/ready" : "/v1/renew", answer));
    auto const certified = wire::decode_certified(body);
    if (!certified)
        return std::unexpected(Unanswered{.failure = invalid(certified.error().field).error()});
    auto credential =
        crypto::TlsCredential::issued(ready.identity().private_key(), certified->chain);
    if (!credential)
        return std::unexpected(Unanswered{.failure = invalid(credential.error().text).error()});
    return Certified{
        .credential = std::move(*credential),
        .not_after = at(certified->not_after),
        .renew_at = at(std::min(certified->renew_at, certified->not_after))
    };
}

os::OrFailure<Certified> pull_certificate(Steward& steward, Ready const& ready) {
    return patiently([&] { return ask_certificate(steward, ready, Issue::First); });
}

} // namespace exec::provision
