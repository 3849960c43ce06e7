#pragma once

// Speaks for the Keep: makes evidence of it, for the application that runs in it.

#include "base/view.hpp"
#include "keep/exec/attestation/hardware.hpp"
#include "protocol/evidence/evidence.hpp"
#include "protocol/evidence/vouched.hpp"

#include <optional>
#include <string>
#include <vector>

namespace exec::attestation {

// What is settled before the application starts.
struct Identity {
    protocol::evidence::Digest workload{};
    protocol::evidence::Digest configuration{};
    std::optional<protocol::evidence::Measurement> measurement; // of the launch, as the host says
    std::optional<std::string> certificate; // PEM, that the Keep's TLS entries present
    std::optional<Hardware> hardware = {};  // that vouches for all of it
};

class Attester {
public:
    explicit Attester(Identity identity) : identity_{std::move(identity)} {}

    std::string_view kind() const {
        return identity_.hardware ? protocol::evidence::kind_snp : protocol::evidence::kind_none;
    }
    std::optional<std::string> const& certificate() const { return identity_.certificate; }

    base::View user_data() const { return user_data_.view(); }
    // Errno::FBig: more than 64 bytes; what was there stays.
    base::Result<void> bind(base::View user_data);

    // For the user data bound last. Access, Io: the hardware does not answer any more.
    base::Result<std::vector<std::byte>> evidence() const;
    std::size_t evidence_size() const;

private:
    std::vector<std::byte> with_report(base::View report) const;
    protocol::evidence::Application application() const;

    Identity identity_;
    protocol::evidence::UserData user_data_;
};

} // namespace exec::attestation
