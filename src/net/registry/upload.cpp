// Blobs to a registry: none that it has already; in one piece, and in several where it takes no
// other.

#include "net/registry/answers.hpp"
#include "net/registry/failure.hpp"
#include "net/registry/registry.hpp"

#include <algorithm>
#include <charconv>

namespace net::registry {

namespace {

constexpr unsigned accepted = 202;
constexpr unsigned not_found = 404;
constexpr unsigned content_too_large = 413;
constexpr std::uint64_t usual_chunk = 16U << 20;
constexpr std::uint64_t largest_chunk = 1U << 30;

RequestBody part_of(RequestBody const& whole, std::uint64_t begin, std::uint64_t size) {
    RequestBody out{
        .size = size, .read = [&whole, begin](std::uint64_t offset, std::span<std::byte> bytes) {
            return whole.read(begin + offset, bytes);
        }
    };
    if (whole.progress)
        out.progress = [&whole, begin](std::uint64_t sent) { whole.progress(begin + sent); };
    return out;
}

// The last request of an upload says what it was.
std::string with_digest(std::string const& target, std::string const& digest) {
    return target + (target.contains('?') ? "&" : "?") + "digest=" + digest;
}

std::uint64_t number_in(std::string const* text) {
    std::uint64_t out = 0;
    if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), out);
    return out;
}

} // namespace

os::OrFailure<bool> Registry::has(Blob const& blob) {
    auto const answer = TRY(ask(request("HEAD", "/blobs/" + blob.digest)));
    if (answer.success()) return true;
    if (answer.status == not_found) return false;
    return std::unexpected(unexpected_answer(name_ + '@' + blob.digest, answer));
}

os::OrFailure<Registry::Session> Registry::begin_upload() {
    auto const post = request("POST", "/blobs/uploads/");
    auto const answer = TRY(ask(post));
    auto const* const location = answer.header("location");
    if (answer.status != accepted || location == nullptr)
        return std::unexpected(unexpected_answer(name_ + ": beginning an upload", answer));
    auto place = resolve(post.address, post.target, *location);
    if (!place || (where_.server.tls && !place->address.tls))
        return failure("registry-unreachable", name_ + ": no place to upload to: " + *location);
    return Session{
        .place = *std::move(place), .least_chunk = number_in(answer.header("oci-chunk-min-length"))
    };
}

os::OrFailure<HttpAnswer> Registry::upload_whole(Blob const& blob, RequestBody const& body) {
    for (unsigned tried = 0;; ++tried) {
        auto const session = TRY(begin_upload());
        HttpRequest const put{
            .method = "PUT",
            .address = session.place.address,
            .target = with_digest(session.place.target, blob.digest),
            .headers = {{"Content-Type", "application/octet-stream"}},
            .body = body
        };
        // A session that broke is not gone on with: the registry may have any part of it.
        auto answer = TRY(attempt(put, nullptr));
        if (answer && !busy(answer->status)) return std::move(*answer);
        auto const why = answer ? "status " + std::to_string(answer->status) : answer.error().text;
        bool const in_vain = !answer && !answer.error().again;
        if (!in_vain && pause(tried, why, answer ? &*answer : nullptr)) continue;
        if (answer) return std::move(*answer);
        return std::unexpected(trouble_of(name_ + ": uploading " + blob.digest, answer.error()));
    }
}

os::OrFailure<HttpAnswer> Registry::upload_in_chunks(Blob const& blob, RequestBody const& body) {
    auto const session = TRY(begin_upload());
    auto place = session.place;
    auto const chunk = std::min(std::max(session.least_chunk, usual_chunk), largest_chunk);
    for (std::uint64_t at = 0; at < blob.size;) {
        auto const size = std::min(chunk, blob.size - at);
        HttpRequest const patch{
            .method = "PATCH",
            .address = place.address,
            .target = place.target,
            .headers =
                {{"Content-Type", "application/octet-stream"},
                 {"Content-Range", std::to_string(at) + '-' + std::to_string(at + size - 1)}},
            .body = part_of(body, at, size)
        };
        auto answer = TRY(attempt(patch, nullptr));
        if (!answer) return std::unexpected(trouble_of(name_, answer.error()));
        auto const* const location = answer->header("location");
        if (answer->status != accepted || location == nullptr) return std::move(*answer);
        auto const next = resolve(patch.address, patch.target, *location);
        if (!next || (where_.server.tls && !next->address.tls))
            return failure("registry-unreachable", name_ + ": no place to upload to: " + *location);
        place = *next;
        at += size;
    }
    HttpRequest const put{
        .method = "PUT", .address = place.address, .target = with_digest(place.target, blob.digest)
    };
    auto answer = TRY(attempt(put, nullptr));
    if (!answer) return std::unexpected(trouble_of(name_, answer.error()));
    return std::move(*answer);
}

os::OrFailure<void> Registry::upload(Blob const& blob, RequestBody const& body) {
    auto answer = TRY(upload_whole(blob, body));
    // Some stand behind a proxy that lets no body of this size through.
    if (answer.status == content_too_large) answer = TRY(upload_in_chunks(blob, body));
    if (answer.success()) return {};
    return std::unexpected(unexpected_answer(name_ + ": uploading " + blob.digest, answer));
}

} // namespace net::registry
