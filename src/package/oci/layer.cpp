#include "package/oci/layer.hpp"

#include "crypto/hkdf.hpp"

#include <algorithm>
#include <bit>

namespace package::oci {

std::vector<std::byte> layer_data(PackageId const& id, std::uint32_t index) {
    auto const label = base::view_of("enarx/v1/layer");
    std::vector<std::byte> out{label.begin(), label.end()};
    out.insert(out.end(), id.begin(), id.end());
    for (unsigned i = 0; i < 4; ++i) out.push_back(std::byte(index >> (24 - 8 * i)));
    return out;
}

std::optional<base::Bytes<32>> commitment(base::View key, PackageId const& id) {
    base::Bytes<32> out{};
    if (key.size() != package_key_size ||
        !crypto::hkdf_sha256(key, id, base::view_of("enarx/v1/commit"), out))
        return {};
    return out;
}

std::uint64_t padded_size(std::uint64_t size) {
    if (size < 2) return size;
    auto const exponent = static_cast<unsigned>(std::bit_width(size)) - 1;
    auto const kept = static_cast<unsigned>(std::bit_width(exponent)); // bits behind the first
    if (kept >= exponent) return size;
    auto const mask = (1ULL << (exponent - kept)) - 1;
    return (size + mask) & ~mask;
}

} // namespace package::oci
