#include "attest/path.hpp"

#include "crypto/name.hpp"

#include <algorithm>

namespace attest {

namespace {

constexpr std::size_t longest = 6;

// A certificate in the evidence that has the name of a pinned root and another key.
bool other_root(Link const& root, std::span<Link const> pool) {
    return std::ranges::any_of(pool, [&](Link const& link) {
        return base::equal(link.value.subject(), root.value.subject()) &&
               !base::equal(link.value.public_key_info(), root.value.public_key_info());
    });
}

// The issuer of `link`: where several bear the name, the one whose key verifies, first of all one
// that is valid at the time, or else the first.
Link const* issuer_of(
    Link const& link,
    Request const& request,
    std::span<Link const> roots,
    std::span<Link const> pool
) {
    std::vector<Link const*> named;
    auto const collect = [&](std::span<Link const> from) {
        for (auto const& candidate : from)
            if (base::equal(candidate.value.subject(), link.value.issuer()))
                named.push_back(&candidate);
    };
    collect(roots);
    // A root of the same name that is not pinned: where that one signed, the answer says so.
    if (!named.empty() && !other_root(*named.front(), pool)) return named.front();
    collect(pool);
    if (named.empty()) collect(request.endorsements.certificates());
    // Pinned, but for something else: the chain ends there, and the answer says why it may not.
    if (named.empty()) collect(request.roots.all());
    if (named.empty()) return nullptr;
    if (named.size() == 1) return named.front();
    Link const* found = nullptr;
    for (auto const* candidate : named) {
        bool const timely = candidate->value.valid_at(request.at);
        if (found && !timely) continue;
        if (!verify_signature(
                link.value.signed_part(), candidate->value.public_key_info(), request.memo
            ))
            continue;
        if (timely) return candidate;
        found = candidate;
    }
    return found ? found : named.front();
}

} // namespace

Path build_path(
    Link const& leaf,
    Request const& request,
    std::span<Link const> roots,
    std::span<Link const> pool
) {
    Path path{&leaf};
    while (path.size() < longest && !path.back()->value.self_issued()) {
        auto const* issuer = issuer_of(*path.back(), request, roots, pool);
        if (!issuer) break;
        path.push_back(issuer);
    }
    return path;
}

std::string shown_name(base::View name) {
    return std::string(crypto::common_name(name).value_or("a name without commonName"));
}

} // namespace attest
