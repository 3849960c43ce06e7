#pragma once

// `enarx-signer` as a process of ours: started, asked, watched, and started again when it has gone.

#include "os/failure.hpp"
#include "os/fd.hpp"
#include "protocol/signer/message.hpp"
#include "service/config/settings.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace service {

enum class SignerRole : unsigned char { Root, Intermediate };

class SignerProcess {
public:
    // Starts nothing yet.
    SignerProcess(SignerSettings settings, SignerRole role)
        : settings_{std::move(settings)}, role_{role} {}
    ~SignerProcess();
    SignerProcess(SignerProcess const&) = delete;
    SignerProcess& operator=(SignerProcess const&) = delete;

    // Asks, and starts it first where it does not run; once more where it went meanwhile. Failures:
    // signer-unavailable, and what it says itself. A PIN that was refused is not tried again in
    // this object's life.
    os::OrFailure<std::vector<std::byte>>
    ask(protocol::signer::Kind question, base::View body, protocol::signer::Kind wanted);

    // Takes away one that has ended, and starts it again. Waits for nothing.
    void tend();

private:
    using Clock = std::chrono::steady_clock;
    struct Running {
        pid_t process;
        os::Fd socket;
    };

    os::OrFailure<void> start();
    void end();
    base::Result<std::vector<std::byte>, std::optional<os::Failure>>
    exchange(base::View message, protocol::signer::Kind wanted);

    SignerSettings settings_;
    SignerRole role_;
    std::timed_mutex mutex_;
    std::optional<Running> running_;
    std::optional<os::Failure> refused_; // the PIN
    std::optional<Clock::time_point> started_;
};

} // namespace service
