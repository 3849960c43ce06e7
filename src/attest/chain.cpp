#include "attest/chain.hpp"

#include "attest/text.hpp"
#include "crypto/name.hpp"

#include <fmt/format.h>

namespace attest {

namespace {

using Link = Sourced<crypto::Certificate>;
constexpr std::size_t longest = 6;

std::string common_name(base::View name) {
    return std::string(crypto::common_name(name).value_or("without a name"));
}

// The issuer of `link`: where several bear the name, the one whose key verifies, or else the first.
Link const* issuer_of(Link const& link, Request const& request, std::span<Link const> pool) {
    std::vector<Link const*> named;
    auto const collect = [&](std::span<Link const> from) {
        for (auto const& candidate : from)
            if (base::equal(candidate.value.subject(), link.value.issuer()))
                named.push_back(&candidate);
    };
    collect(request.roots.certificates());
    if (named.empty()) collect(pool);
    if (named.empty()) collect(request.endorsements.certificates());
    if (named.empty()) return nullptr;
    if (named.size() > 1)
        for (auto const* candidate : named)
            if (verify_signature(
                    link.value.signed_part(), candidate->value.public_key_info(), request.memo
                ))
                return candidate;
    return named.front();
}

// Up to a self-issued certificate, or as far as the issuers are known.
Path build(Link const& leaf, Request const& request, std::span<Link const> pool) {
    Path path{&leaf};
    while (path.size() < longest && !path.back()->value.self_issued()) {
        auto const* issuer = issuer_of(*path.back(), request, pool);
        if (!issuer) break;
        path.push_back(issuer);
    }
    return path;
}

// A given certificate that calls itself by a pinned root's name must be that root.
Link const* impostor(Request const& request, std::span<Link const> pool) {
    auto const poses = [&](Link const& link) {
        return link.value.self_issued() && !request.roots.contains(link.value);
    };
    for (auto const from : {request.endorsements.certificates(), pool})
        for (auto const& link : from)
            if (poses(link)) return &link;
    return nullptr;
}

bool appraise_authority(Judge& judge, Rule const& rule, Path const& path) {
    bool ok = true;
    for (std::size_t i = 0; i < path.size(); ++i) {
        auto const& [certificate, source] = *path[i];
        auto const& authority = certificate.authority();
        // Authorities between this certificate and the leaf.
        auto const below = i == 0 ? 0 : i - 1;
        bool const may_issue =
            i == 0 || (authority.certificate_authority && authority.may_sign_certificates &&
                       authority.path_length.value_or(below) >= below);
        ok &= judge.check(rule, may_issue && !certificate.unknown_critical(), [&] {
            return Detail{
                "cA, keyCertSign, a path length that suffices and no unknown critical extension",
                common_name(certificate.subject()) + " lacks one of them",
                {source}
            };
        });
    }
    return ok;
}

bool appraise_signatures(Judge& judge, Rule const& rule, Request const& request, Path const& path) {
    bool ok = true;
    // A pinned root is trusted for its bytes, not for signing itself.
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        auto const& [certificate, source] = *path[i];
        auto const& issuer = path[i + 1]->value;
        bool const good =
            verify_signature(certificate.signed_part(), issuer.public_key_info(), request.memo);
        ok &= judge.check(rule, good, [&] {
            return Detail{
                "signed by " + common_name(issuer.subject()),
                "the signature of " + common_name(certificate.subject()) + " does not verify",
                {source,
                 static_cast<std::size_t>(
                     certificate.signed_part().signature.data() - certificate.der().data()
                 ),
                 "signatureValue"}
            };
        });
    }
    return ok;
}

bool appraise_validity(Judge& judge, Rule const& rule, Request const& request, Path const& path) {
    bool ok = true;
    for (auto const* link : path) {
        auto const& certificate = link->value;
        ok &= judge.check(rule, certificate.valid_at(request.at), [&] {
            return Detail{
                fmt::format(
                    "a time from {} to {}",
                    timestamp(certificate.not_before()),
                    timestamp(certificate.not_after())
                ),
                timestamp(request.at),
                {link->source, {}, common_name(certificate.subject()) + " validity"},
                "Give the time at which the evidence was made with --at, or get a certificate that "
                "is valid now."
            };
        });
    }
    return ok;
}

bool appraise_root(
    Judge& judge,
    ChainRules const& rules,
    Request const& request,
    Path const& path,
    std::span<Link const> pool
) {
    auto const& last = path.back()->value;
    if (auto const* other = impostor(request, pool))
        return judge.check(rules.root, false, [&] {
            return Detail{
                "a pinned root",
                "another self-issued certificate: " + common_name(other->value.subject()),
                {other->source, 0, "certificate"},
                "Use --root to trust another root in the place of the vendor's."
            };
        });
    if (!last.self_issued() && !request.roots.contains(last)) {
        judge.undecided(
            rules.complete,
            {"the certificate of " + common_name(last.issuer()),
             "none",
             {path.back()->source, {}, "issuer"},
             "Get the vendor's chain: `enarx collateral fetch`."}
        );
        return false;
    }
    judge.check(rules.complete, true, [] { return Detail{}; });
    return judge.check(rules.root, request.roots.contains(last), [&] {
        return Detail{
            "a pinned root", common_name(last.subject()), {path.back()->source, 0, "certificate"}
        };
    });
}

void appraise_list(
    Judge& judge,
    RevocationRules const& rules,
    Request const& request,
    Path const& path,
    std::size_t index
) {
    auto const& certificate = path[index]->value;
    auto const& issuer = path[index + 1]->value;
    auto const* list = request.endorsements.list_of(certificate.issuer());
    if (!list) {
        judge.undecided(
            rules.present,
            {"the revocation list of " + common_name(issuer.subject()),
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
            "signed by " + common_name(issuer.subject()),
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
            common_name(certificate.subject()) + " not on the list of " +
                common_name(issuer.subject()),
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

Path appraise_chain(
    Judge& judge,
    ChainRules const& rules,
    Request const& request,
    Link const& leaf,
    std::span<Link const> pool
) {
    auto path = build(leaf, request, pool);
    bool ok = appraise_root(judge, rules, request, path, pool);
    ok &= appraise_authority(judge, rules.authority, path);
    ok &= appraise_signatures(judge, rules.signature, request, path);
    ok &= appraise_validity(judge, rules.validity, request, path);
    return ok ? path : Path{};
}

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
