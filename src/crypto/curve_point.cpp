#include "crypto/curve_point.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/nid.h>

namespace crypto {

bool p384_coordinate(base::Bytes<48> const& r) {
    bssl::UniquePtr<EC_GROUP> const group{EC_GROUP_new_by_curve_name(NID_secp384r1)};
    // Safety: uint8_t is unsigned char, which may alias any object.
    auto const* raw = reinterpret_cast<std::uint8_t const*>(r.data());
    bssl::UniquePtr<BIGNUM> const x{BN_bin2bn(raw, r.size(), nullptr)};
    if (!group || !x || BN_is_zero(x.get()) ||
        BN_cmp(x.get(), EC_GROUP_get0_order(group.get())) >= 0)
        return false;
    bssl::UniquePtr<EC_POINT> const point{EC_POINT_new(group.get())};
    bool const found =
        point &&
        EC_POINT_set_compressed_coordinates_GFp(group.get(), point.get(), x.get(), 0, nullptr) == 1;
    if (!found) ERR_clear_error();
    return found;
}

} // namespace crypto
