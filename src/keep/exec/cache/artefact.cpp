#include "keep/exec/cache/artefact.hpp"

#include "os/check.hpp"
#include "os/write_all.hpp"
#include "protocol/launch/artefact.hpp"

#include <limits>

#include <unistd.h>

namespace exec {

using protocol::launch::ArtefactHeader;

std::span<std::byte const> Artefact::code() const {
    return file.view().subspan(sizeof(ArtefactHeader));
}

std::optional<Artefact> read_artefact(os::Fd const& file, CodeIdentity const& identity) {
    constexpr auto most =
        protocol::launch::most_artefact(std::numeric_limits<std::uint32_t>::max());
    auto bytes = os::read_file(file.number(), most);
    if (!bytes) return {};
    auto code = bytes->view();
    auto const header = base::take<ArtefactHeader>(code);
    bool const fits = header &&
                      protocol::launch::begins_artefact(*header, identity.module, code.size()) &&
                      header->engine == identity.engine;
    if (!fits) return {};
    return Artefact{std::move(*bytes)};
}

base::Result<void>
hand_over(os::Fd const& sink, CodeIdentity const& identity, std::span<std::byte const> code) {
    ArtefactHeader const header{
        .magic = protocol::launch::artefact_magic,
        .length = std::uint64_t{code.size()},
        .module = identity.module,
        .engine = identity.engine,
        .digest = crypto::sha256(code)
    };
    TRY(os::write_all(sink.number(), std::as_bytes(std::span{&header, 1})));
    TRY(os::write_all(sink.number(), code));
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
