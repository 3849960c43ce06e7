#pragma once

// Where the blobs of a package come from, and how one is read: from its beginning, in pieces, and
// believed by its digest when all of it was there.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/digest.hpp"
#include "package/oci/manifest.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace package::oci {

// A file, a registry, the other end of a channel.
class Blobs {
public:
    Blobs() = default;
    Blobs(Blobs const&) = delete;
    Blobs& operator=(Blobs const&) = delete;
    virtual ~Blobs() = default;

    // Bytes of a blob from `offset` on, 1 to `most` of them; none where it is at its end or nobody
    // has it. Whether they are the right ones is not the source's to say.
    virtual std::vector<std::byte>
    read(std::string const& digest, std::uint64_t offset, std::size_t most) = 0;
};

// Stable names: "package-missing", "package-damaged", "package-key-wrong".
struct Failed {
    std::string_view name;
    std::string text;
};
template <class T> using OrFailed = base::Result<T, Failed>;

inline std::unexpected<Failed> damaged(std::string text) {
    return std::unexpected(Failed{"package-damaged", std::move(text)});
}

inline std::unexpected<Failed> damaged(Wrong const& wrong) {
    return damaged(wrong.field + ": expected " + wrong.expected);
}

// One blob.
class Stream {
public:
    Stream(Blobs& blobs, std::string digest, std::uint64_t size)
        : blobs_{blobs}, digest_{std::move(digest)}, size_{size} {}

    // Exactly so many; fewer at the end.
    OrFailed<std::vector<std::byte>> take(std::size_t wanted);
    std::uint64_t left() const { return size_ - at_; }
    // Everything was taken, and was the right bytes.
    OrFailed<void> finish() const;

private:
    Blobs& blobs_;
    std::string digest_;
    std::uint64_t size_;
    std::uint64_t at_ = 0;
    crypto::Sha256 hash_;
};

} // namespace package::oci
