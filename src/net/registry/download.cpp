// Blobs from a registry: each byte once, also where the connection breaks, never more than the size
// that was agreed to, and believed by the digest.

#include "base/hex.hpp"
#include "net/registry/answers.hpp"
#include "net/registry/failure.hpp"
#include "net/registry/registry.hpp"

#include <algorithm>
#include <charconv>

namespace net::registry {

namespace {

constexpr unsigned ok = 200;
constexpr unsigned partial_content = 206;
constexpr unsigned not_found = 404;
constexpr unsigned range_not_satisfiable = 416;

class Arrival : public BodySink {
public:
    Arrival(Blob const& wanted, Registry::Sink const& sink) : wanted_{wanted}, sink_{sink} {}

    // The whole from its beginning, or just what is missing.
    bool takes(HttpHead const& head) override {
        if (head.status == ok) skip_ = have_;
        if (head.status == partial_content) {
            auto const* const range = head.header("content-range");
            if (range == nullptr || !range->starts_with("bytes " + std::to_string(have_) + '-'))
                return false;
            skip_ = 0;
        }
        return head.status == ok || head.status == partial_content;
    }

    OrTrouble<> piece(base::View bytes) override {
        auto const known = std::min<std::uint64_t>(skip_, bytes.size());
        skip_ -= known;
        bytes = bytes.subspan(known);
        if (bytes.size() > wanted_.size - have_)
            return std::unexpected(
                Trouble{.text = "an answer longer than the blob", .again = false}
            );
        hash_.add(bytes);
        if (auto const taken = sink_(have_, bytes); !taken) {
            failed_ = taken.error();
            return std::unexpected(Trouble{.text = taken.error().text, .again = false});
        }
        have_ += bytes.size();
        return {};
    }

    std::uint64_t have() const { return have_; }
    bool whole() const { return have_ == wanted_.size; }
    std::string digest() const { return "sha256:" + base::hex(hash_.digest()); }
    std::optional<os::Failure> const& failed() const { return failed_; }

private:
    Blob const& wanted_;
    Registry::Sink const& sink_;
    std::uint64_t have_ = 0;
    std::uint64_t skip_ = 0; // bytes that are here already
    crypto::Sha256 hash_;
    std::optional<os::Failure> failed_; // of the sink
};

// The failure that ends a download; nothing where the rest may come by another request.
std::optional<os::Failure>
fatal(std::string const& what, OrTrouble<HttpAnswer> const& answer, Arrival const& arrival) {
    if (arrival.failed()) return arrival.failed();
    if (!answer) {
        if (answer.error().again) return {};
        if (answer.error().untrusted) return trouble_of(what, answer.error());
        return os::Failure{.name = "package-damaged", .text = what + ": " + answer.error().text};
    }
    if (answer->status == not_found)
        return os::Failure{
            .name = "package-missing", .text = what + ": the registry has no such blob"
        };
    if (answer->status == range_not_satisfiable)
        return os::Failure{
            .name = "package-damaged",
            .text =
                what + ": the registry has only " + std::to_string(arrival.have()) + " bytes of it"
        };
    if (answer->status == ok || answer->status == partial_content || busy(answer->status))
        return {};
    return unexpected_answer(what, *answer);
}

} // namespace

os::OrFailure<void> Registry::blob(Blob const& wanted, Sink const& sink) {
    constexpr std::uint64_t headway = 1U << 20; // worth to begin counting anew
    Arrival arrival{wanted, sink};
    auto const what = name_ + '@' + wanted.digest;
    std::uint64_t last = 0;
    for (unsigned tried = 0; !arrival.whole(); ++tried) {
        auto get = request("GET", "/blobs/" + wanted.digest);
        get.limits = AnswerLimits{.sunk = wanted.size};
        if (arrival.have() > 0)
            get.headers = {{"Range", "bytes=" + std::to_string(arrival.have()) + '-'}};
        auto const answer = TRY(attempt(get, &arrival));
        if (auto failed = fatal(what, answer, arrival)) return std::unexpected(*std::move(failed));
        if (arrival.whole()) break;
        if (arrival.have() >= last + headway) {
            tried = 0;
            last = arrival.have();
        }
        auto const why =
            std::to_string(arrival.have()) + " of " + std::to_string(wanted.size) +
            " bytes came, then " +
            (answer ? "status " + std::to_string(answer->status) : answer.error().text);
        if (!pause(tried, why, answer ? &*answer : nullptr))
            return failure("registry-unreachable", what + ": " + why);
    }
    if (arrival.digest() != wanted.digest)
        return failure("package-damaged", what + ": what came has the digest " + arrival.digest());
    return {};
}

os::OrFailure<std::vector<std::byte>> Registry::small_blob(Blob const& wanted, std::size_t most) {
    if (wanted.size > most)
        return failure(
            "package-damaged",
            name_ + '@' + wanted.digest + ": at most " + std::to_string(most) + " bytes"
        );
    std::vector<std::byte> out;
    TRY(blob(wanted, [&](std::uint64_t, base::View bytes) -> os::OrFailure<void> {
        out.insert(out.end(), bytes.begin(), bytes.end());
        return {};
    }));
    return out;
}

} // namespace net::registry
