#include "relay/judge.hpp"

#include "crypto/tls_pair_for_tests.hpp"

namespace relay {

namespace provision = attest::provision;

provision::Answer
judged(crypto::BoundChannel const& channel, provision::Offer const& offer, base::View own_key) {
    attest::Endorsements const endorsements;
    auto const roots = attest::Roots::builtin();
    auto const policy = attest::Policy::authentic();
    auto const measurements = attest::Measurements::unbound();
    return provision::accept(
        channel,
        offer,
        {.purpose = protocol::provision::Purpose::Provision,
         .suite = 2,
         .own_key = {own_key.begin(), own_key.end()}},
        {.endorsements = endorsements,
         .roots = roots,
         .policy = policy,
         .measurements = measurements,
         .at = crypto::testing::now(),
         .allow_no_hardware = true}
    );
}

std::string verdict_of(provision::Answer const& answer) {
    if (answer.channel() != nullptr) return "accepted";
    for (auto const& finding : answer.findings())
        if (finding.outcome == attest::Outcome::Failed) return std::string{finding.rule->id};
    return "nothing failed, and nothing was accepted";
}

} // namespace relay
