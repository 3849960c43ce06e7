// The verifier as a service: evidence comes in, a signed attestation result goes out. Nothing is
// released, and nothing remembered.

#include "service/api/verify.hpp"

#include "attest/appraisal.hpp"
#include "attest/ear/ear.hpp"
#include "base/hex.hpp"
#include "policy/parse.hpp"
#include "service/api/api.hpp"
#include "service/release/ear.hpp"

namespace service {

namespace {

using net::server::problem;
using net::server::Response;

constexpr unsigned bad_request = 400;
constexpr unsigned not_acceptable = 406;
constexpr unsigned unprocessable = 422;
constexpr unsigned internal = 500;

os::OrFailure<attest::wrapped::Piece> piece_in(base::View bytes) {
    auto piece = attest::wrapped::piece_of(bytes);
    if (piece) return *std::move(piece);
    return std::unexpected(
        os::Failure{
            .name = "evidence-unknown",
            .text = "what was sent is no evidence" +
                    (piece.error().empty() ? std::string{} : ", but " + piece.error())
        }
    );
}

std::string_view name_of_verdict(attest::Verdict verdict) {
    if (verdict == attest::Verdict::Accepted) return "accepted";
    return verdict == attest::Verdict::Refused ? "refused" : "undecided";
}

} // namespace

os::OrFailure<attest::Appraisal> Api::judged(
    VerifyWish const& wish, attest::wrapped::Piece const& piece, std::string& policy_id
) const {
    auto policy = attest::Policy::strict();
    policy_id = "urn:x-enarx:policy:" + wish.policy;
    if (wish.policy == "authentic") {
        policy = attest::Policy::authentic();
    } else if (wish.policy != "strict") {
        auto const named = parts_.policy_names.find(wish.policy);
        if (named == parts_.policy_names.end())
            return std::unexpected(
                os::Failure{
                    .name = "request-invalid",
                    .text = "there is no policy of that name here",
                    .hint = "strict, authentic, or the name of a file of the folder of policies"
                }
            );
        auto const& text = parts_.policies.at(named->second);
        policy = TRY(policy::parse_policy(wish.policy, base::view_of(text)));
        policy_id = service::policy_id(text);
    }
    auto endorsements = parts_.anchors.endorsements;
    for (auto const& each : wish.endorsements)
        if (auto const added = endorsements.add(each, "the request"); !added)
            return std::unexpected(
                os::Failure{
                    .name = "endorsement-unusable",
                    .text = "expected " + added.error().expected + ", found " + added.error().found
                }
            );
    // Hints of whoever made the evidence: of no use, passed over.
    endorsements.add_hints(attest::wrapped::hints_of(piece), "the evidence");
    auto data = wanted_data(wish, piece);
    if (!data) return std::unexpected(os::Failure{.name = "request-invalid", .text = data.error()});
    attest::Expected const expected{
        .report_data = *std::move(data),
        .measurements = wish.measurements.empty() ? attest::Measurements::unbound()
                                                  : attest::Measurements::any_of(wish.measurements)
    };
    return attest::appraise(
        piece.kind,
        {.evidence = piece.evidence,
         .endorsements = endorsements,
         .roots = parts_.anchors.roots,
         .policy = policy,
         .expected = expected,
         .at = now()}
    );
}

Response Api::verify(Request const& request, Caller const& caller) {
    if (!caller.visitor) return stranger_answer(caller.wait);
    auto const form = wanted_form(request.header("accept"));
    if (form == EarForm::Neither)
        return problem(
            not_acceptable, "request-invalid", "results are application/eat+jwt or eat+cwt"
        );
    auto const wish = parse_verify_wish(request.text());
    if (!wish) return problem(bad_request, "request-invalid", wish.error());
    std::string policy;
    auto const piece = piece_in(wish->evidence);
    if (!piece) return problem(unprocessable, piece.error());
    auto const appraisal = judged(*wish, *piece, policy);
    if (!appraisal) return problem(unprocessable, appraisal.error());
    metrics_.add(
        "enarx_verify_total",
        {{"kind", attest::short_name_of(appraisal->kind())},
         {"result", name_of_verdict(appraisal->verdict())}}
    );
    attest::result::EarContext const context{
        .developer = "Enarx in C++",
        .build = "enarx-steward",
        .policy_id = policy,
        .at = now(),
        .nonce = wish->nonce
    };
    if (form == EarForm::Cwt) {
        auto const token = attest::result::ear_cwt(*appraisal, context, parts_.keys.ear);
        if (!token) return problem(internal, "internal", "the result could not be signed");
        return {.type = "application/eat+cwt", .body = std::string{base::text_of(*token)}};
    }
    auto ear = attest::result::ear_json(*appraisal, context);
    ear["iss"] = parts_.settings.name;
    if (auto const runs = attest::wrapped::bound_application(*piece); runs && appraisal->claims()) {
        auto& keep = ear["submods"].front();
        keep["enarx.workload"] = base::hex(runs->workload);
        keep["enarx.configuration"] = base::hex(runs->configuration);
        keep["enarx.user-data"] = base::hex(runs->user_data.view());
    }
    auto const token = attest::result::ear_jwt(ear, parts_.keys.ear);
    if (!token) return problem(internal, "internal", "the result could not be signed");
    return {.type = "application/eat+jwt", .body = *token};
}

void Api::add_verifier(net::server::Router& router) {
    router.add(
        {.method = "POST",
         .pattern = "/v1/verify",
         .handler = for_callers(
             Door::Everybody,
             [this](Request const& request, Caller const& who) { return verify(request, who); }
         ),
         .body = largest_verify_wish,
         .guard = by_address()}
    );
}

} // namespace service
