#pragma once

// Reads DER strictly: definite, shortest lengths, no tag above 30, and finish() where nothing may
// follow.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace crypto {

enum class Tag : std::uint8_t {
    Boolean = 0x01,
    Integer = 0x02,
    BitString = 0x03,
    OctetString = 0x04,
    Null = 0x05,
    Oid = 0x06,
    Enumerated = 0x0a,
    Utf8String = 0x0c,
    PrintableString = 0x13,
    Ia5String = 0x16,
    UtcTime = 0x17,
    GeneralizedTime = 0x18,
    Sequence = 0x30,
    Set = 0x31,
};
constexpr Tag context(unsigned n) { return Tag(0x80 | n); }             // [n] IMPLICIT, primitive
constexpr Tag context_constructed(unsigned n) { return Tag(0xa0 | n); } // [n], constructed

struct DerElement {
    Tag tag;
    base::View content;
    base::View whole; // with tag and length
};

class DerReader {
public:
    explicit DerReader(base::View in) : origin_{in.data()}, left_{in} {}

    bool empty() const { return left_.empty(); }
    bool at(Tag tag) const { return !left_.empty() && left_[0] == std::byte(tag); }
    std::size_t offset() const { return static_cast<std::size_t>(left_.data() - origin_); }
    base::View rest() const { return left_; }

    base::Result<DerElement, Malformed> next();
    base::Result<DerElement, Malformed> next(Tag tag, std::string_view what);
    base::Result<DerReader, Malformed> enter(Tag tag, std::string_view what);
    base::Result<void, Malformed> finish(std::string_view what) const;

    // The content of a BIT STRING of whole bytes.
    base::Result<base::View, Malformed> bit_string(std::string_view what);
    // An INTEGER in shortest form, not negative, below 2^64.
    base::Result<std::uint64_t, Malformed> unsigned_integer(std::string_view what);
    // A UTCTime or GeneralizedTime in the form of RFC 5280, 4.1.2.5: seconds, Z, no fraction.
    base::Result<std::chrono::sys_seconds, Malformed> time(std::string_view what);

    Malformed malformed(std::string_view what) const { return {what, offset()}; }

private:
    DerReader(std::byte const* origin, base::View left) : origin_{origin}, left_{left} {}

    std::byte const* origin_; // where offsets count from
    base::View left_;
};

} // namespace crypto
