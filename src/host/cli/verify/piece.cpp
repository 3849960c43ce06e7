#include "host/cli/verify/piece.hpp"

#include "host/cli/verify/inputs.hpp"
#include "host/cli/verify/unknown.hpp"

namespace host::cli {

os::OrFailure<Piece>
piece_of(std::string const& path, base::View bytes, attest::Endorsements const& given) {
    auto found = attest::wrapped::piece_of(bytes);
    if (!found) return std::unexpected(unknown_evidence(path, bytes, found.error()));
    Piece out{.path = path, .found = std::move(*found)};
    if (out.found.endorsements.empty()) return out;
    out.endorsements = given;
    for (auto const& [content, where] : out.found.endorsements)
        if (auto const added = out.endorsements->add(content, path + ", " + where); !added)
            return unusable(added.error());
    return out;
}

} // namespace host::cli
