#include "attest/leftovers.hpp"

#include "attest/common_rules.hpp"
#include "attest/dcap/signer.hpp"

#include <algorithm>
#include <ranges>

namespace attest {

namespace {

bool on_a_path(Link const& link, std::span<Path const> paths) {
    return std::ranges::any_of(paths, [&](Path const& path) {
        return std::ranges::any_of(path, [&](Link const* other) {
            return base::equal(other->value.der(), link.value.der());
        });
    });
}

// appraise_revocation() has judged the lists of these issuers.
bool judged(crypto::RevocationList const& list, std::span<Path const> paths, Revocable revocable) {
    auto const first = revocable == Revocable::AuthoritiesOnly ? 2U : 1U;
    return std::ranges::any_of(paths, [&](Path const& path) {
        return std::ranges::any_of(path | std::views::drop(first), [&](Link const* issuer) {
            return base::equal(issuer->value.subject(), list.issuer());
        });
    });
}

bool pinned(crypto::Certificate const& certificate, Request const& request) {
    return !request.roots.pinned_for(certificate).empty();
}

// A root that was issued again with the same name and key: any verifier takes the one for the other
// (RFC 5280, 6.1.1 (d): a trust anchor is a name and a key).
bool is_root_again(Link const& link, Request const& request) {
    return std::ranges::any_of(request.roots.all(), [&](Link const& root) {
        auto const key = root.value.public_key_info();
        return base::equal(root.value.subject(), link.value.subject()) &&
               base::equal(key, link.value.public_key_info()) &&
               verify_signature(link.value.signed_part(), key, request.memo);
    });
}

// Each certificate on the way to a pinned root, of whatever purpose, is signed by the next; nothing
// where the way ends before.
std::optional<bool> descends(Path const& path, Request const& request) {
    for (std::size_t i = 0; i + 1 < path.size(); ++i)
        if (!verify_signature(
                path[i]->value.signed_part(), path[i + 1]->value.public_key_info(), request.memo
            ))
            return false;
    auto const& last = *path.back();
    if (pinned(last.value, request)) return true;
    if (last.value.self_issued()) return is_root_again(last, request);
    return {};
}

void judge_leftover(
    Judge& judge,
    std::optional<bool> verified,
    std::string what,
    std::string const& source,
    std::string_view field
) {
    Rule const& rule = rules::endorsements_verified;
    Detail detail{
        "a way to a pinned root",
        std::move(what),
        {source, 0, std::string{field}},
        "Leave it out, or give the certificates of its issuers too."
    };
    if (verified)
        judge.check(rule, *verified, [&] { return detail; });
    else
        judge.undecided(rule, std::move(detail));
}

// The certificate that issued a list, wherever it stands.
Link const*
issuer_of(crypto::RevocationList const& list, Request const& request, std::span<Link const> pool) {
    for (auto const links : {request.roots.all(), pool, request.endorsements.certificates()})
        for (auto const& link : links)
            if (base::equal(link.value.subject(), list.issuer())) return &link;
    return nullptr;
}

void judge_certificates(
    Judge& judge, Request const& request, std::span<Path const> paths, std::span<Link const> pool
) {
    for (auto const links : {request.endorsements.certificates(), pool})
        for (auto const& link : links) {
            if (on_a_path(link, paths) || pinned(link.value, request)) continue;
            auto const path = build_path(link, request, request.roots.all(), pool);
            judge_leftover(
                judge,
                descends(path, request),
                "none from " + shown_name(link.value.subject()),
                link.source,
                "certificate"
            );
        }
}

void judge_documents(Judge& judge, Request const& request, std::span<Link const> pool) {
    for (auto const& [document, source] : request.endorsements.collateral()) {
        auto const signer = dcap::signer_of(document, request, pool);
        std::optional<bool> verified;
        if (signer.link)
            verified =
                descends(build_path(*signer.link, request, request.roots.all(), pool), request);
        else if (signer.any)
            verified = false;
        judge_leftover(judge, verified, "none from the document's signature", source, "signature");
    }
    for (auto const& [document, source] : request.endorsements.documents())
        judge_leftover(judge, {}, "JSON of another kind", source, "document");
}

} // namespace

void appraise_leftovers(
    Judge& judge,
    Request const& request,
    std::span<Path const> paths,
    Revocable revocable,
    std::span<Link const> pool
) {
    judge.check(rules::endorsements_verified, true, [] { return Detail{}; });
    judge_certificates(judge, request, paths, pool);
    judge_documents(judge, request, pool);
    for (auto const& [list, source] : request.endorsements.revocation_lists()) {
        if (judged(list, paths, revocable)) continue;
        auto const* issuer = issuer_of(list, request, pool);
        std::optional<bool> verified;
        if (issuer)
            verified = descends(build_path(*issuer, request, request.roots.all(), pool), request);
        if (verified == true)
            verified =
                verify_signature(list.signed_part(), issuer->value.public_key_info(), request.memo);
        judge_leftover(
            judge, verified, "none from the list of " + shown_name(list.issuer()), source, "list"
        );
    }
}

} // namespace attest
