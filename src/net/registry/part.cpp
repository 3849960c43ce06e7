// A part of a blob from a registry, for one who takes it piece by piece and checks each.

#include "net/registry/answers.hpp"
#include "net/registry/failure.hpp"
#include "net/registry/registry.hpp"

#include <algorithm>
#include <optional>

namespace net::registry {

namespace {

constexpr unsigned ok = 200;
constexpr unsigned partial_content = 206;
constexpr unsigned not_found = 404;
constexpr unsigned range_not_satisfiable = 416;

// Takes what was asked for out of what comes: just that, or the whole blob.
class Wanted : public BodySink {
public:
    Wanted(std::uint64_t offset, std::size_t size) : offset_{offset}, size_{size} {}

    bool takes(HttpHead const& head) override {
        out_.clear();
        partial_ = head.status == partial_content;
        skip_ = partial_ ? 0 : offset_;
        if (!partial_) return head.status == ok;
        auto const* const range = head.header("content-range");
        astray_ = range == nullptr || !range->starts_with("bytes " + std::to_string(offset_) + '-');
        return !astray_;
    }

    OrTrouble<> piece(base::View bytes) override {
        auto const known = std::min<std::uint64_t>(skip_, bytes.size());
        skip_ -= known;
        bytes = bytes.subspan(known);
        auto const room = size_ - out_.size();
        auto const taken = bytes.first(std::min(bytes.size(), room));
        out_.insert(out_.end(), taken.begin(), taken.end());
        // What stands behind it in a whole blob is not waited for.
        bool const more = bytes.size() > room || (!partial_ && whole());
        if (more) return std::unexpected(Trouble{.text = "enough", .again = false});
        return {};
    }

    bool whole() const { return out_.size() == size_; }
    bool astray() const { return astray_; } // another part came
    std::vector<std::byte> take() { return std::move(out_); }

private:
    std::uint64_t offset_;
    std::size_t size_;
    std::uint64_t skip_ = 0;
    bool partial_ = false;
    bool astray_ = false;
    std::vector<std::byte> out_;
};

// The failure that ends it; nothing where another request may bring it.
std::optional<os::Failure>
fatal(std::string const& what, OrTrouble<HttpAnswer> const& answer, Wanted const& wanted) {
    if (wanted.astray())
        return os::Failure{
            .name = "package-damaged", .text = what + ": the registry gives another part of it"
        };
    if (!answer && !answer.error().again) return trouble_of(what, answer.error());
    if (answer && answer->status == not_found)
        return os::Failure{
            .name = "package-missing", .text = what + ": the registry has no such blob"
        };
    if (answer && !busy(answer->status)) return unexpected_answer(what, *answer);
    return {};
}

} // namespace

os::OrFailure<std::vector<std::byte>>
Registry::part(std::string const& digest, std::uint64_t offset, std::size_t most) {
    Wanted wanted{offset, most};
    auto const what = name_ + '@' + digest;
    for (unsigned tried = 0;; ++tried) {
        auto get = request("GET", "/blobs/" + digest);
        get.headers = {
            {"Range", "bytes=" + std::to_string(offset) + '-' + std::to_string(offset + most - 1)}
        };
        auto const answer = TRY(attempt(get, &wanted));
        auto const status = answer ? answer->status : 0;
        bool const taken = status == ok || status == partial_content;
        if (!wanted.astray() && (taken || wanted.whole())) return wanted.take();
        if (status == range_not_satisfiable) return std::vector<std::byte>{};
        if (auto failed = fatal(what, answer, wanted)) return std::unexpected(*std::move(failed));
        auto const why = answer ? "status " + std::to_string(status) : answer.error().text;
        bool const in_vain = !answer && !answered_;
        if (in_vain || !pause(tried, why, answer ? &*answer : nullptr))
            return failure("registry-unreachable", what + ": " + why);
    }
}

} // namespace net::registry
