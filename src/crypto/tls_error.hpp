#pragma once

// Why TLS was refused, by us or by the peer, in a class that the caller can name and a text for the
// user.

#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace crypto {

struct TlsError {
    enum class Kind : std::uint8_t {
        Settings,    // our own certificate, key, authorities or protocol names cannot be used
        Untrusted,   // the peer's certificate does not lead to an authority
        Expired,     // ... is not yet or no longer valid
        WrongName,   // ... is for another name
        Unprotected, // ... says that no hardware protects it
        Handshake,   // anything else on which the two ends did not agree
    };
    Kind kind;
    std::string text;
};

template <class T> using TlsResult = base::Result<T, TlsError>;

// The oldest entry of AWS-LC's error queue, after `what`; empties the queue.
TlsError tls_library_error(TlsError::Kind kind, std::string what);

} // namespace crypto
