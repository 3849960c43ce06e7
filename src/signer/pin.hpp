#pragma once

// The PIN of a token: from a file that nobody else may read, or a credential of systemd.

#include "os/failure.hpp"
#include "os/read_file.hpp"

#include <string>

#include <string.h>

namespace signer {

// Wiped when it goes.
class Pin {
public:
    explicit Pin(os::FileBytes bytes) : bytes_{std::move(bytes)} {
        size_ = bytes_.view().size();
        while (size_ > 0 && bytes_.view()[size_ - 1] == std::byte{'\n'}) --size_;
    }
    Pin(Pin&&) = default;
    Pin& operator=(Pin&&) = delete;
    Pin(Pin const&) = delete;
    Pin& operator=(Pin const&) = delete;
    ~Pin() {
        auto const all = bytes_.writable();
        if (all.data() != nullptr) ::explicit_bzero(all.data(), all.size());
    }

    std::span<std::byte> bytes() { return bytes_.writable().first(size_); }

private:
    os::FileBytes bytes_; // of one that was moved from: none, but still a size
    std::size_t size_ = 0;
};

// `place`: a path, or "credential:NAME" for a file in $CREDENTIALS_DIRECTORY. Line ends behind the
// PIN are not part of it. Failure signer-unusable.
os::OrFailure<Pin> read_pin(std::string const& place);

} // namespace signer
