#include "attest/revocation.hpp"

#include "attest/text.hpp"

#include <fmt/format.h>

namespace attest {

namespace {

void appraise_list(
    Judge& judge,
    RevocationRules const& rules,
    Request const& request,
    Path const& path,
    std::size_t index
) {
    auto const& certificate = path[index]->value;
    auto const& issuer = path[index + 1]->value;
    auto const* list = request.endorsements.list_of(certificate.issuer(), request.at);
    if (!list) {
        judge.undecided(
            rules.present,
            {"the revocation list of " + shown_name(issuer.subject()),
             "none",
             {path[index]->source},
             "Get it from the vendor: `enarx collateral fetch`."}
        );
        judge.not_applicable(rules.signature, "no revocation list");
        judge.not_applicable(rules.fresh, "no revocation list");
        judge.not_applicable(rules.clean, "no revocation list");
        return;
    }
    auto const& crl = list->value;
    judge.check(rules.present, true, [] { return Detail{}; });
    bool const signed_by_issuer =
        issuer.authority().may_sign_lists &&
        verify_signature(crl.signed_part(), issuer.public_key_info(), request.memo);
    judge.check(rules.signature, signed_by_issuer, [&] {
        return Detail{
            "signed by " + shown_name(issuer.subject()),
            "a signature that does not verify",
            {list->source, 0, "CRL"}
        };
    });
    judge.check(rules.fresh, crl.this_update() <= request.at, [&] {
        return Detail{
            "issued at or before " + timestamp(request.at),
            timestamp(crl.this_update()),
            {list->source, {}, "thisUpdate"}
        };
    });
    if (request.at > crl.next_update())
        judge.undecided(
            rules.fresh,
            {"nextUpdate at or after " + timestamp(request.at),
             timestamp(crl.next_update()),
             {list->source, {}, "nextUpdate"},
             "Get the current list: `enarx collateral fetch`."}
        );
    auto const* revoked = crl.find(certificate.serial());
    judge.check(rules.clean, revoked == nullptr, [&] {
        return Detail{
            shown_name(certificate.subject()) + " not on the list of " +
                shown_name(issuer.subject()),
            fmt::format(
                "serial {} revoked at {}", hex(certificate.serial()), timestamp(revoked->date)
            ),
            {list->source,
             static_cast<std::size_t>(revoked->serial.data() - crl.der().data()),
             "userCertificate"}
        };
    });
}

} // namespace

void appraise_revocation(
    Judge& judge,
    RevocationRules const& rules,
    Request const& request,
    Path const& path,
    Revocable revocable
) {
    std::size_t const first = revocable == Revocable::AuthoritiesOnly ? 1 : 0;
    for (auto i = first; i + 1 < path.size(); ++i) appraise_list(judge, rules, request, path, i);
    if (path.size() <= first + 1)
        for (auto const* rule : {&rules.present, &rules.signature, &rules.fresh, &rules.clean})
            judge.not_applicable(*rule, "no certificate that could be revoked");
}

} // namespace attest
