#pragma once

// What can be told of an ECDSA signature without its message.

#include "base/wire.hpp"

namespace crypto {

// Whether r (big-endian) is the x coordinate of a point on P-384, below the order and not zero, as
// that of each true signature is; of other numbers about half are.
bool p384_coordinate(base::Bytes<48> const& r);

} // namespace crypto
