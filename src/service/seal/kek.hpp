#pragma once

// The key over all keys (KEK) of the service: 32 random bytes in a file that only its owner reads,
// outside of the database.

#include "crypto/wipe.hpp"
#include "os/failure.hpp"
#include "service/store/rows.hpp"

#include <string>

namespace service {

class Kek {
public:
    static constexpr std::size_t size = 32;

    // A new file with a new key, mode 0600. Failure kek-unusable: there is a file already.
    static os::OrFailure<void> create(std::string const& path);
    // kek-unusable: no file, not a key's size, or others than its owner may read or write it.
    static os::OrFailure<Kek> read(std::string const& path);
    static Kek of(base::View bytes); // exactly `size` bytes

    KekId const& id() const { return id_; }
    base::View bytes() const { return bytes_.view(); }

private:
    explicit Kek(crypto::SecretBytes bytes);

    crypto::SecretBytes bytes_;
    KekId id_{};
};

} // namespace service
