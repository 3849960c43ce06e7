#pragma once

// Takes a package apart, piece by piece, as it comes from whoever has it: nothing is believed
// because of where it came from, and no piece is handed on before it was.
//
// Of an encrypted layer each segment is believed by its tag; of a plain one nothing is, until its
// digest was right, so whoever takes its entries forgets them where this fails. One segment is held
// at a time.

#include "crypto/segments.hpp"
#include "package/oci/layer.hpp"
#include "package/tar/reader.hpp"

#include <optional>

namespace package::oci {

// Where blobs come from: a file, a registry, the other end of a channel.
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

struct Loaded {
    Manifest manifest;
    Config config;
};

// The package of that digest. Its layers' entries go to `sink`, in their order.
base::Result<Loaded, Failed>
load(std::string const& digest, std::optional<base::View> key, Blobs& blobs, tar::Sink& sink);

} // namespace package::oci
