#pragma once

// Secrets that leave no trace in memory that is given back.

#include "base/view.hpp"

#include <utility>
#include <vector>

namespace crypto {

// Writes zeros that no optimiser takes away.
void wipe(std::span<std::byte> bytes);

// Bytes that are wiped when they go.
class SecretBytes {
public:
    explicit SecretBytes(base::View bytes) : bytes_{bytes.begin(), bytes.end()} {}
    explicit SecretBytes(std::vector<std::byte>&& bytes) : bytes_{std::move(bytes)} {}
    SecretBytes(SecretBytes&&) = default; // a vector that was moved from is empty
    SecretBytes& operator=(SecretBytes&&) = delete;
    SecretBytes(SecretBytes const&) = delete;
    SecretBytes& operator=(SecretBytes const&) = delete;
    ~SecretBytes() { wipe(bytes_); }

    base::View view() const { return bytes_; }

private:
    std::vector<std::byte> bytes_;
};

} // namespace crypto
