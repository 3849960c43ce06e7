#include "keep/exec/provision/source.hpp"

#include "base/hex.hpp"

#include <algorithm>
#include <array>

namespace exec::provision {

namespace wire = protocol::provision;

namespace {

constexpr std::string_view algorithm = "sha256:";
constexpr std::chrono::seconds patience{60}; // for one piece

} // namespace

Source::Source(Granted const& granted, vfs::Directory* folder, Visitor* grantor)
    : folder_{folder}, grantor_{grantor} {
    auto const package = package::oci::digest_text(granted.deployment().package);
    for (auto const& each : granted.sources()) registries_.emplace_back(each, package);
}

std::string Source::trouble() const {
    std::string out = trouble_;
    for (auto const& each : registries_)
        if (!each.trouble().empty()) out += (out.empty() ? "" : "; ") + each.trouble();
    return out;
}

vfs::File* Source::file(std::string const& digest) {
    if (folder_ == nullptr) return nullptr;
    auto const [at, added] = files_.try_emplace(digest);
    if (!added) return at->second.get();
    auto node = folder_->open(digest.substr(algorithm.size()), {.follow = vfs::Follow::No});
    if (auto* const found = node ? std::get_if<std::unique_ptr<vfs::File>>(&*node) : nullptr)
        at->second = std::move(*found);
    return at->second.get();
}

std::vector<std::byte>
Source::read(std::string const& digest, std::uint64_t offset, std::size_t most) {
    if (auto* const kept = file(digest)) {
        std::vector<std::byte> out(most);
        std::array const buffers{std::span{out}};
        auto const got = kept->read_at(buffers, offset).value_or(0);
        out.resize(got);
        if (got > 0) return out;
    }
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
