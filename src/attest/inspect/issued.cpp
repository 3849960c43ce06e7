#include "attest/inspect/issued.hpp"

#include "attest/text.hpp"
#include "crypto/name.hpp"

#include <algorithm>

namespace attest::inspect {

namespace {

std::size_t offset_in(base::View whole, base::View part) {
    return static_cast<std::size_t>(part.data() - whole.data());
}

Place place_of_signature(Link const& link, std::string const& part) {
    auto const signature = link.value.signed_part().signature;
    return {.part = part, .offset = offset_in(link.value.der(), signature), .field = "signature"};
}

bool issued_by(Link const& link, Link const& issuer) {
    return verify_signature(link.value.signed_part(), issuer.value.public_key_info(), nullptr);
}

// A root that bears the name of a built-in one has to be that one, or it again: same key.
bool impostor(Link const& root, Request const& request) {
    return std::ranges::any_of(request.roots.all(), [&](Link const& known) {
        return base::equal(known.value.subject(), root.value.subject()) &&
               !base::equal(known.value.public_key_info(), root.value.public_key_info());
    });
}

void check_root(
    Description& out, Link const& root, Request const& request, std::string const& name
) {
    auto const shown = shown_name(root.value.subject());
    if (impostor(root, request)) {
        out.check(
            name,
            false,
            {.expected = "the key of " + shown + " as its vendor publishes it",
             .found = "another key",
             .place = {}}
        );
        return;
    }
    bool const known = std::ranges::any_of(request.roots.all(), [&](Link const& builtin) {
        return base::equal(builtin.value.public_key_info(), root.value.public_key_info());
    });
    if (known)
        out.passed(name + " up to " + shown);
    else
        out.not_checked(name, "it ends at " + shown + ", which is no built-in root");
}

// From the issuer of a thing upwards; the thing's own signature has been checked.
void check_rest(
    Description& out, Path const& path, Request const& request, std::string const& name
) {
    for (std::size_t i = 0; i + 1 < path.size(); ++i)
        if (!issued_by(*path[i], *path[i + 1])) {
            out.check(
                name,
                false,
                {.expected = "a signature by " + shown_name(path[i + 1]->value.subject()),
                 .found = "one that does not verify",
                 .place = place_of_signature(*path[i], path[i]->source)}
            );
            return;
        }
    auto const& last = *path.back();
    if (last.value.self_issued())
        check_root(out, last, request, name);
    else
        unknown_issuer(out, last.value.issuer(), request, name);
}

bool almost(base::View name, base::View known) {
    constexpr std::size_t most = 2; // bytes
    if (name.size() != known.size()) return false;
    std::size_t differences = 0;
    for (std::size_t i = 0; i < name.size(); ++i) differences += name[i] == known[i] ? 0 : 1;
    return differences <= most;
}

Link const* almost_named(base::View name, Request const& request) {
    for (auto const links : {request.roots.all(), request.endorsements.certificates()})
        for (auto const& link : links)
            if (almost(name, link.value.subject())) return &link;
    return nullptr;
}

} // namespace

void unknown_issuer(
    Description& out, base::View name, Request const& request, std::string const& check
) {
    auto const* meant = almost_named(name, request);
    if (meant == nullptr) {
        out.not_checked(check, without("the certificate of " + shown_name(name)));
        return;
    }
    out.check(
        check,
        false,
        {.expected = "the issuer " + crypto::name_text(meant->value.subject()),
         .found = crypto::name_text(name),
         .place = {.part = "", .offset = {}, .field = "issuer"}}
    );
}

void check_issued(
    Description& out, Link const& certificate, Request const& request, std::string const& prefix
) {
    auto const path = build_path(certificate, request, request.roots.all(), {});
    auto const& issuer = path.size() > 1 ? *path[1] : certificate;
    if (path.size() == 1 && !certificate.value.self_issued()) {
        unknown_issuer(out, certificate.value.issuer(), request, prefix + "signature");
        return;
    }
    bool const good = issued_by(certificate, issuer);
    out.check(
        prefix + "signature",
        good,
        {.expected = "a signature by " + shown_name(issuer.value.subject()),
         .found = "one that does not verify",
         .place = place_of_signature(certificate, "")}
    );
    if (good) check_rest(out, path, request, prefix + "chain");
}

void check_signed_by(
    Description& out,
    crypto::Signed const& signed_part,
    Link const* signer,
    Request const& request,
    Place place
) {
    auto const name = shown_name(signer->value.subject());
    bool const good = verify_signature(signed_part, signer->value.public_key_info(), nullptr);
    out.check(
        "signature",
        good,
        {.expected = "a signature by " + name,
         .found = "one that does not verify",
         .place = std::move(place)}
    );
    if (good)
        check_rest(out, build_path(*signer, request, request.roots.all(), {}), request, "chain");
}

} // namespace attest::inspect
