#include "keep/exec/provision/source.hpp"

#include "base/hex.hpp"

#include <algorithm>

namespace exec::provision {

namespace wire = protocol::provision;

namespace {

constexpr std::string_view algorithm = "sha256:";
constexpr std::chrono::seconds patience{60}; // for one piece

} // namespace

Source::Source(Granted const& granted, HostBlobs* host, Visitor* grantor)
    : host_{host}, grantor_{grantor} {
    auto const package = package::oci::digest_text(granted.deployment().package);
    for (auto const& each : granted.sources()) registries_.emplace_back(each, package);
}

std::string Source::trouble() const {
    std::string out = trouble_;
    for (auto const& each : registries_)
        if (!each.trouble().empty()) out += (out.empty() ? "" : "; ") + each.trouble();
    return out;
}

std::vector<std::byte>
Source::read(std::string const& digest, std::uint64_t offset, std::size_t most) {
    if (host_ != nullptr)
        if (auto bytes = host_->read(digest, offset, most); !bytes.empty()) return bytes;
    for (auto& each : registries_)
        if (auto bytes = each.read(digest, offset, most); !bytes.empty()) return bytes;
    return ask(digest, offset, most);
}

std::vector<std::byte>
Source::ask(std::string const& digest, std::uint64_t offset, std::size_t most) {
    auto const sum = base::unhex(std::string_view{digest}.substr(algorithm.size()));
    if (grantor_ == nullptr || !sum || !trouble_.empty()) return {};
    auto const answered = [&]() -> OrOver<std::vector<std::byte>> {
        TRY(grantor_->say(wire::FrameType::Want, wire::encode(wire::Want{*sum, offset})));
        auto const no_answer = [](auto const&, auto) -> OrRefusal<Answer> {
            return std::unexpected(os::Failure{.name = "keep-not-empty", .text = {}});
        };
        auto const frame = TRY(grantor_->wait(no_answer, Clock::now() + patience));
        auto const blob = wire::decode_blob(frame.body);
        bool const right = frame.type == wire::FrameType::Blob && blob &&
                           base::equal(blob->digest, *sum) && blob->offset == offset;
        if (!right)
            return std::unexpected(VisitOver{.text = "it answers something else than was asked"});
        auto const bytes = blob->bytes.first(std::min(most, blob->bytes.size()));
        return std::vector<std::byte>{bytes.begin(), bytes.end()};
    }();
    if (!answered) trouble_ = answered.error().text;
    return answered.value_or(std::vector<std::byte>{});
}

} // namespace exec::provision
