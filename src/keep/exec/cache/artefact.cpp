#include "keep/exec/cache/artefact.hpp"

#include "os/check.hpp"
#include "os/random.hpp"
#include "os/write_all.hpp"
#include "protocol/launch/artefact.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <unistd.h>

namespace exec {

using protocol::launch::ArtefactHeader;

namespace {

using crypto::Aes256Gcm;

// Sealed code: a nonce, the ciphertext, its tag. What the header says of it is sealed with it.
constexpr std::size_t overhead = Aes256Gcm::nonce_size + Aes256Gcm::tag_size;

std::array<std::byte, 2 * sizeof(crypto::Sha256Digest)> sealed_for(CodeIdentity const& identity) {
    std::array<std::byte, 2 * sizeof(crypto::Sha256Digest)> out{};
    std::ranges::copy(identity.engine, std::ranges::copy(identity.module, out.begin()).out);
    return out;
}

base::Result<std::vector<std::byte>>
sealed(Aes256Gcm const& seal, CodeIdentity const& identity, base::View code) {
    std::vector<std::byte> out(code.size() + overhead);
    auto const nonce = std::span{out}.first<Aes256Gcm::nonce_size>();
    TRY(os::random(nonce));
    TRY(seal.seal(nonce, code, std::span{out}.subspan(nonce.size()), sealed_for(identity)));
    return out;
}

base::Result<std::vector<std::byte>>
opened(Aes256Gcm const& seal, CodeIdentity const& identity, base::View body) {
    if (body.size() < overhead) return std::unexpected(base::Errno::BadMsg);
    std::vector<std::byte> out(body.size() - overhead);
    auto const nonce = body.first<Aes256Gcm::nonce_size>();
    TRY(seal.open(nonce, body.subspan(nonce.size()), out, sealed_for(identity)));
    return out;
}

} // namespace

std::span<std::byte const> Artefact::code() const {
    return opened.empty() ? file.view().subspan(sizeof(ArtefactHeader)) : base::View{opened};
}

std::optional<Artefact>
read_artefact(os::Fd const& file, CodeIdentity const& identity, Seal const& seal) {
    constexpr auto most =
        protocol::launch::most_artefact(std::numeric_limits<std::uint32_t>::max());
    auto bytes = os::read_file(file.number(), most);
    if (!bytes) return {};
    auto body = bytes->view();
    auto const header = base::take<ArtefactHeader>(body);
    bool const fits = header &&
                      protocol::launch::begins_artefact(*header, identity.module, body.size()) &&
                      header->engine == identity.engine;
    if (!fits) return {};
    if (!seal) return Artefact{.file = std::move(*bytes), .opened = {}};
    auto code = opened(*seal, identity, body);
    if (!code || code->empty()) return {};
    return Artefact{.file = {}, .opened = std::move(*code)};
}

base::Result<void> hand_over(
    os::Fd const& sink,
    CodeIdentity const& identity,
    std::span<std::byte const> code,
    Seal const& seal
) {
    std::vector<std::byte> body;
    if (seal) body = TRY(sealed(*seal, identity, code));
    auto const out = seal ? base::View{body} : code;
    ArtefactHeader const header{
        .magic = protocol::launch::artefact_magic,
        .length = std::uint64_t{out.size()},
        .module = identity.module,
        .engine = identity.engine,
        .digest = crypto::sha256(out)
    };
    TRY(os::write_all(sink.number(), std::as_bytes(std::span{&header, 1})));
    TRY(os::write_all(sink.number(), out));
    // One byte if it is kept, then the end: whoever keeps it has ended before we go on.
    bool kept = false;
    for (std::byte answer{};; kept = true) {
        auto const got =
            os::check(os::retry([&] { return ::read(sink.number(), &answer, sizeof answer); }));
        if (TRY(got) == 0) break;
    }
    if (!kept) return std::unexpected(base::Errno::Canceled);
    return {};
}

} // namespace exec
