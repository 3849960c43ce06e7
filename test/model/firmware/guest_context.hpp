// What the firmware knows of one guest, from SNP_LAUNCH_START to its messages.
#pragma once
#include "firmware/launch_digest.hpp"
#include "firmware/report.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

namespace model::firmware {

/// SEV_RET_*, of those that a launch or a message can end with.
enum class Status : std::uint32_t {
    Success = 0,
    InvalidGuestState = 0x02,
    InvalidLength = 0x04,
    PolicyFailure = 0x07,
    BadSignature = 0x0a,
    BadMeasurement = 0x0b,
    InvalidParameter = 0x16,
    InvalidPageState = 0x1a,
    AeadOverflow = 0x1d,
};

struct Finish {
    std::span<std::byte const> id_block; // 96 bytes, or none
    std::span<std::byte const> id_auth;  // 4096 bytes
    bool author_key = false;
    std::array<std::byte, 32> host_data{};
};

class GuestContext {
public:
    GuestContext() = default;
    GuestContext(GuestContext const&) = delete;
    GuestContext& operator=(GuestContext const&) = delete;
    ~GuestContext() {
        if (state_ != State::None) --contexts;
    }
    /// How many there are, from their start to their end.
    static std::uint32_t active() { return contexts; }

    Status start(std::uint64_t policy, std::span<std::byte const, 16> gosvw);
    /// `page`: what the guest will find there. A CPUID page with a wrong value is corrected; the
    /// call fails all the same.
    Status update(PageType, std::uint64_t guest_physical, std::span<std::byte> page);
    Status finish(Finish const&);
    bool running() const { return state_ == State::Running; }
    Sha384 const& measurement() const { return digest_.value(); }
    /// The key of its memory.
    Key256 const& memory_key() const { return memory_key_; }

    /// MSG_*: a request page's answer, into the other page.
    Status message(std::span<std::byte const> request, std::span<std::byte> response);

private:
    enum class State : std::uint8_t { None, Launching, Running };
    void fill_secrets(std::span<std::byte> page) const;
    Status check_id_block(Finish const&);
    std::size_t report(std::span<std::byte const> request, std::span<std::byte> answer) const;
    std::size_t derived_key(std::span<std::byte const> request, std::span<std::byte> answer) const;
    static std::size_t tsc_info(std::span<std::byte> answer);

    static inline std::atomic<std::uint32_t> contexts = 0;
    State state_ = State::None;
    std::uint64_t policy_ = 0;
    LaunchDigest digest_;
    std::array<std::byte, 16> gosvw_{};
    std::array<Key256, 4> vmpck_{};
    std::array<std::uint64_t, 4> messages_{}; // numbers used so far, of each VMPCK
    Key256 memory_key_{};
    std::array<std::byte, 32> report_id_{};
    std::array<std::byte, 32> host_data_{};
    std::array<std::byte, 16> family_id_{};
    std::array<std::byte, 16> image_id_{};
    std::uint32_t guest_svn_ = 0;
    Sha384 id_key_digest_{};
    Sha384 author_key_digest_{};
    bool author_key_ = false;
};

/// Whether the table claims more than the processor has; wrong values are put right.
bool correct_cpuid_page(std::span<std::byte> page);

} // namespace model::firmware
