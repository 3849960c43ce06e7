#pragma once

// What ties the layers of an encrypted package to it and to its key.

#include "base/view.hpp"
#include "base/wire.hpp"
#include "package/oci/manifest.hpp"

#include <optional>

namespace package::oci {

inline constexpr std::size_t package_key_size = 32;
using PackageId = base::Bytes<32>;

// Associated data of the cipher (crypto/segments.hpp): no layer stands for another, nor for one of
// another package.
std::vector<std::byte> layer_data(PackageId const& id, std::uint32_t index);

// AES-GCM does not commit to its key: a text may open with two. This does, and is looked at before
// anything is opened.
std::optional<base::Bytes<32>> commitment(base::View key, PackageId const& id);

// Lengths tell little of contents (Padmé, Nikitin et al. 2019): at most 12 % more.
std::uint64_t padded_size(std::uint64_t size);

} // namespace package::oci
