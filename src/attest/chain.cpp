#include "attest/chain.hpp"

#include "attest/form.hpp"
#include "attest/text.hpp"

#include <fmt/format.h>

namespace attest {

namespace {

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
                shown_name(certificate.subject()) + " lacks one of them",
                {source, 0, "extensions"}
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
                "signed by " + shown_name(issuer.subject()),
                "the signature of " + shown_name(certificate.subject()) + " does not verify",
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
                // Validity follows the issuer (RFC 5280, 4.1).
                {link->source,
                 offset_in(certificate.der(), certificate.issuer()) + certificate.issuer().size(),
                 shown_name(certificate.subject()) + " validity"},
                "Give the time at which the evidence was made with --at, or get a certificate that "
                "is valid now."
            };
        });
    }
    return ok;
}

bool appraise_root(
    Judge& judge, ChainRules const& rules, Purpose purpose, Request const& request, Path const& path
) {
    auto const& last = path.back()->value;
    bool const pinned = request.roots.contains(last, purpose);
    if (!last.self_issued() && !pinned) {
        judge.undecided(
            rules.complete,
            {"the certificate of " + shown_name(last.issuer()),
             "none",
             {path.back()->source, offset_in(last.der(), last.issuer()), "issuer"},
             "Get the vendor's chain: `enarx collateral fetch`."}
        );
        return false;
    }
    judge.check(rules.complete, true, [] { return Detail{}; });
    return judge.check(rules.root, pinned, [&] {
        auto const others = request.roots.pinned_for(last);
        return Detail{
            "a root that is pinned for " + std::string{name_of(purpose)},
            others.empty()
                ? "another self-issued certificate, " + shown_name(last.subject())
                : shown_name(last.subject()) + ", which is pinned for " + text_of(others) + " only",
            {path.back()->source, 0, "certificate"},
            "Use --root to trust another root in the place of the vendor's."
        };
    });
}

} // namespace

Path appraise_chain(
    Judge& judge,
    ChainRules const& rules,
    Purpose purpose,
    Request const& request,
    Link const& leaf,
    std::span<Link const> pool
) {
    auto path = build_path(leaf, request, request.roots.of(purpose), pool);
    bool ok = appraise_root(judge, rules, purpose, request, path);
    ok &= appraise_authority(judge, rules.authority, path);
    ok &= appraise_signatures(judge, rules.signature, request, path);
    ok &= appraise_validity(judge, rules.validity, request, path);
    return ok ? path : Path{};
}

} // namespace attest
