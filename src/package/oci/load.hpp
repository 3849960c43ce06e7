#pragma once

// Takes a package apart, piece by piece, as it comes from whoever has it: nothing is believed
// because of where it came from, and no piece is handed on before it was.
//
// Of an encrypted layer each segment is believed by its tag; of a plain one nothing is, until its
// digest was right, so whoever takes its entries forgets them where this fails. One segment is held
// at a time.
//
// Read, too, are packages whose layers were encrypted by others, in the form of ocicrypt: each of
// them is read twice (package/oci/ocicrypt.hpp).

#include "package/oci/blobs.hpp"
#include "package/oci/layer.hpp"
#include "package/tar/reader.hpp"

#include <optional>

namespace package::oci {

struct Loaded {
    Manifest manifest;
    Config config;
};

// The package of that digest. `key`: none of a plain package, 32 bytes of an encrypted one, and
// ocicrypt_key_size bytes for each layer of one that was encrypted by ocicrypt. Its layers' entries
// go to `sink`, in their order.
OrFailed<Loaded>
load(std::string const& digest, std::optional<base::View> key, Blobs& blobs, tar::Sink& sink);

} // namespace package::oci
