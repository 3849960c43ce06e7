#pragma once

// What is hashed or signed: a name for its purpose, then fields, each with its length before it, so
// that no two different statements have the same bytes.

#include "base/view.hpp"
#include "crypto/digest.hpp"

#include <string>
#include <string_view>

namespace voting {

using Digest = crypto::Sha256Digest;

class Transcript {
public:
    explicit Transcript(std::string_view purpose) {
        add(base::view_of("enarx-voting/1"));
        add(base::view_of(purpose));
    }

    Transcript& add(base::View field) {
        number(field.size());
        bytes_ += base::text_of(field);
        return *this;
    }
    Transcript& add(std::uint64_t value) {
        number(8);
        number(value);
        return *this;
    }

    base::View bytes() const { return base::view_of(bytes_); }
    Digest digest() const { return crypto::sha256(bytes()); }

private:
    void number(std::uint64_t value) { // big-endian
        for (int shift = 56; shift >= 0; shift -= 8) bytes_ += static_cast<char>(value >> shift);
    }

    std::string bytes_;
};

} // namespace voting
