#include "package/oci/blobs.hpp"

#include <algorithm>

namespace package::oci {

OrFailed<std::vector<std::byte>> Stream::take(std::size_t wanted) {
    wanted = std::min<std::uint64_t>(wanted, size_ - at_);
    std::vector<std::byte> out;
    while (out.size() < wanted) {
        auto piece = blobs_.read(digest_, at_, wanted - out.size());
        if (piece.empty())
            return std::unexpected(Failed{"package-missing", "nobody gives all of " + digest_});
        if (piece.size() > wanted - out.size())
            return damaged("more was given of " + digest_ + " than was asked for");
        at_ += piece.size();
        // Most sources give all at once, and 1 MiB is not copied for nothing.
        if (out.empty())
            out = std::move(piece);
        else
            out.insert(out.end(), piece.begin(), piece.end());
    }
    hash_.add(out);
    return out;
}

OrFailed<void> Stream::finish() const {
    if (digest_text(hash_.digest()) != digest_) return damaged("the digest is not " + digest_);
    return {};
}

} // namespace package::oci
