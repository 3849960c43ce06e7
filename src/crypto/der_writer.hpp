#pragma once

// Writes DER: the counterpart of DerReader, for what is made here to be signed here.

#include "crypto/der.hpp"

#include <concepts>
#include <vector>

namespace crypto {

class DerWriter {
public:
    void add(Tag tag, base::View content);
    void raw(base::View encoded); // elements that are encoded already
    void boolean(bool value);
    void number(base::View big_endian); // not negative; leading zeros go
    void bit_string(base::View whole_bytes);
    // UTCTime up to 2049, GeneralizedTime behind (RFC 5280, 4.1.2.5).
    void time(std::chrono::sys_seconds at);

    template <std::invocable<DerWriter&> Write> void nested(Tag tag, Write const& write) {
        DerWriter inner;
        write(inner);
        add(tag, inner.bytes());
    }

    base::View bytes() const { return bytes_; }
    std::vector<std::byte> take() && { return std::move(bytes_); }

private:
    std::vector<std::byte> bytes_;
};

// What `write` writes.
template <std::invocable<DerWriter&> Write> std::vector<std::byte> der_of(Write const& write) {
    DerWriter out;
    write(out);
    return std::move(out).take();
}

} // namespace crypto
