#pragma once

// A certificate that is replaced by a newer one while connections come: each shows what is newest
// when it begins, and none that has begun is disturbed.

#include "crypto/tls_credential.hpp"

#include <cstdint>
#include <mutex>
#include <optional>

namespace exec::net {

class LiveCredential {
public:
    explicit LiveCredential(crypto::TlsCredential first) : now_{std::move(first)} {}

    // Each from any thread.
    void replace(crypto::TlsCredential next) {
        std::scoped_lock const lock{mutex_};
        now_ = std::move(next);
        ++number_;
    }
    crypto::TlsCredential now() const {
        std::scoped_lock const lock{mutex_};
        return now_.share();
    }
    // Where it is not the one of that number; which then is the number of this one.
    std::optional<crypto::TlsCredential> other_than(std::uint64_t& number) const {
        std::scoped_lock const lock{mutex_};
        if (number == number_) return {};
        number = number_;
        return now_.share();
    }

private:
    mutable std::mutex mutex_;
    crypto::TlsCredential now_;
    std::uint64_t number_ = 0;
};

} // namespace exec::net
