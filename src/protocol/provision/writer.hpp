#pragma once

// CBOR into memory that grows: what is written here is small, or carries one blob.

#include "base/cbor.hpp"
#include "base/view.hpp"

#include <vector>

namespace protocol::provision {

// `write` puts the whole item into the writer that it gets; it is called once or twice.
template <class Write> std::vector<std::byte> encoded(Write const& write) {
    std::vector<std::byte> out(512);
    base::cbor::Writer first{out};
    write(first);
    bool const fits = first.fits();
    out.resize(first.size());
    if (fits) return out;
    base::cbor::Writer again{out};
    write(again);
    return out;
}

} // namespace protocol::provision
