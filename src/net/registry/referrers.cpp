// What refers to a manifest: signatures and the like (OCI distribution specification 1.1, "Listing
// Referrers"). Registries without the API for it keep an index under a tag, which whoever pushes
// has to keep.

#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "net/registry/answers.hpp"
#include "net/registry/failure.hpp"
#include "net/registry/json.hpp"
#include "net/registry/registry.hpp"

#include <algorithm>

namespace net::registry {

namespace {

constexpr std::size_t most_referrers = 1024;
constexpr unsigned most_pages = 16;
constexpr auto manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr auto index_type = "application/vnd.oci.image.index.v1+json";

// The "manifests" of an index; nothing for anything else.
std::optional<Json> manifests_in(base::View index) {
    auto const json = parse_json(index);
    if (!json || !json->contains("manifests") || !json->at("manifests").is_array()) return {};
    return json->at("manifests");
}

void add_to(std::vector<Referrer>& out, Json const& manifests) {
    for (auto const& each : manifests) {
        if (!each.is_object() || out.size() == most_referrers) return;
        auto digest = text_in(each, "digest");
        auto const size = each.find("size");
        if (!is_digest(digest) || size == each.end() || !size->is_number_unsigned()) continue;
        out.push_back(
            {.digest = std::move(digest),
             .size = size->get<std::uint64_t>(),
             .artifact_type = text_in(each, "artifactType")}
        );
    }
}

// Where the rest of a list is (RFC 8288): `<...>; rel="next"`.
std::optional<std::string> next_page(HttpAnswer const& answer) {
    auto const* const link = answer.header("link");
    if (link == nullptr || !link->starts_with('<') || !link->contains("rel=\"next\"")) return {};
    return link->substr(1, link->find('>') - 1);
}

} // namespace

// The index under the tag; nothing where there is none.
os::OrFailure<std::optional<std::vector<std::byte>>> Registry::listed(std::string const& digest) {
    auto by_tag = manifest(tag_of(digest));
    if (by_tag) return std::move(by_tag->bytes);
    if (by_tag.error().name == "package-missing") return std::nullopt;
    return std::unexpected(by_tag.error());
}

os::OrFailure<std::vector<Referrer>> Registry::referrers(std::string const& digest) {
    std::vector<Referrer> out;
    auto const damaged = [&] {
        return failure("package-damaged", name_ + '@' + digest + ": no list of what refers to it");
    };
    auto get = request("GET", "/referrers/" + digest);
    auto answer = TRY(ask(get));
    if (!answer.success()) {
        auto const index = TRY(listed(digest));
        if (!index) return out;
        auto const manifests = manifests_in(*index);
        if (!manifests) return damaged();
        add_to(out, *manifests);
        return out;
    }
    for (unsigned page = 1;; ++page) {
        auto const manifests = manifests_in(answer.body);
        if (!manifests) return damaged();
        add_to(out, *manifests);
        auto const more = next_page(answer);
        if (!more || page == most_pages) return out;
        auto const place = resolve(get.address, get.target, *more);
        if (!place || !place->address.same_server(where_.server)) return damaged();
        get.target = place->target;
        answer = TRY(ask(get));
        if (!answer.success()) return std::unexpected(unexpected_answer(name_, answer));
    }
}

os::OrFailure<void> Registry::attach(std::string const& subject, NewReferrer const& referrer) {
    auto const bytes = base::view_of(referrer.manifest);
    auto const digest = "sha256:" + base::hex(crypto::sha256(bytes));
    auto const answer = TRY(write_manifest(digest, manifest_type, bytes));
    if (answer.header("oci-subject") != nullptr) return {}; // it keeps the list itself
    auto const old = TRY(listed(subject));
    auto manifests = old ? manifests_in(*old) : std::optional{Json::array()};
    if (!manifests)
        return failure("package-damaged", name_ + ':' + tag_of(subject) + " is no index");
    bool const there = std::ranges::any_of(*manifests, [&](Json const& each) {
        return text_in(each, "digest") == digest;
    });
    if (there) return {};
    manifests->push_back(
        Json{
            {"mediaType", manifest_type},
            {"digest", digest},
            {"size", bytes.size()},
            {"artifactType", referrer.artifact_type},
            {"annotations", referrer.annotations}
        }
    );
    Json const index{{"schemaVersion", 2}, {"mediaType", index_type}, {"manifests", *manifests}};
    return put_manifest(tag_of(subject), index_type, base::view_of(index.dump()));
}

} // namespace net::registry
