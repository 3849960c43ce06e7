#pragma once

// Speaks for the Keep: makes evidence of it, for the application that runs in it.

#include "base/view.hpp"
#include "protocol/evidence/evidence.hpp"

#include <optional>
#include <string>
#include <vector>

namespace exec::attestation {

// What is settled before the application starts.
struct Identity {
    protocol::evidence::Digest workload{};
    protocol::evidence::Digest configuration{};
    std::optional<protocol::evidence::Measurement> measurement; // of the launch, if there is one
    std::optional<std::string> certificate; // PEM, that the Keep's TLS entries present
};

class Attester {
public:
    explicit Attester(Identity identity) : identity_{std::move(identity)} {}

    static std::string_view kind() { return protocol::evidence::kind_none; }
    std::optional<std::string> const& certificate() const { return identity_.certificate; }

    base::View user_data() const { return user_data_.view(); }
    // Errno::FBig: more than 64 bytes; what was there stays.
    base::Result<void> bind(base::View user_data);

    // For the user data bound last.
    std::vector<std::byte> evidence() const;

private:
    Identity identity_;
    protocol::evidence::UserData user_data_;
};

} // namespace exec::attestation
