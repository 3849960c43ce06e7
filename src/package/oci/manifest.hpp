#pragma once

// A package as an OCI artifact (OCI image specification 1.1): a manifest that names a configuration
// and layers by their digests. The digest of the manifest's bytes is the package's name.

#include "base/result.hpp"
#include "base/view.hpp"
#include "base/wire.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace package::oci {

inline constexpr std::string_view manifest_type = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view index_type = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view package_type = "application/vnd.enarx.package.v1";
inline constexpr std::string_view config_type = "application/vnd.enarx.package.config.v1+json";
inline constexpr std::string_view encrypted_layer_type = "application/vnd.enarx.layer.v1+encrypted";
inline constexpr std::string_view plain_layer_type = "application/vnd.oci.image.layer.v1.tar";

// A plain one that others encrypted (package/oci/ocicrypt.hpp).
inline constexpr std::string_view ocicrypt_layer_type =
    "application/vnd.oci.image.layer.v1.tar+encrypted";

inline constexpr std::size_t largest_manifest = std::size_t{1} << 20;
inline constexpr std::size_t largest_config = std::size_t{1} << 20;
inline constexpr std::size_t most_layers = 64;

// "manifest.layers", and what was expected there.
struct Wrong {
    std::string field;
    std::string expected;
};
template <class T> using Read = base::Result<T, Wrong>;

// "sha256:" and 64 digits in lower case; no other algorithm is taken.
bool is_digest(std::string_view text);
std::string digest_text(base::View sha256);
std::string digest_of(base::View bytes);

struct Descriptor {
    std::string media_type;
    std::string digest;
    std::uint64_t size = 0;

    friend bool operator==(Descriptor const&, Descriptor const&) = default;
};

// What an annotation of a layer that ocicrypt encrypted says in the open.
struct OcicryptSeal {
    base::Bytes<32> hmac{};

    friend bool operator==(OcicryptSeal const&, OcicryptSeal const&) = default;
};

struct Manifest {
    Descriptor config;
    std::vector<Descriptor> layers;
    // Of each layer, where others encrypted all of them; else none.
    std::vector<OcicryptSeal> seals = {};

    bool by_ocicrypt() const { return !seals.empty(); }

    friend bool operator==(Manifest const&, Manifest const&) = default;
};

// One way to write it: the same package is the same bytes.
std::string encode(Manifest const& manifest);
// A manifest of a package, of exactly the types above; keys that OCI allows and that say nothing
// here (annotations) are passed over. One whose layers ocicrypt encrypted may have lost its
// artifactType: skopeo of before 2023 writes none.
Read<Manifest> decode_manifest(base::View bytes);

enum class Cipher : std::uint8_t { None, TinkAes256GcmHkdf1Mb };

// What the configuration blob says of the layers, in the open: whoever has the package reads it.
struct Config {
    std::string id; // 32 random bytes in hexadecimal; of a plain package: empty
    Cipher cipher{};
    std::string commitment; // to the data encryption key, hexadecimal; of a plain package: empty
    std::string workload;   // digests, hexadecimal
    std::string configuration;
    std::vector<std::string> secrets;  // names that a grant has to bring, ascending
    std::vector<std::uint64_t> layers; // size of each archive without padding

    friend bool operator==(Config const&, Config const&) = default;
};

std::string encode(Config const& config);
Read<Config> decode_config(base::View bytes);

} // namespace package::oci
