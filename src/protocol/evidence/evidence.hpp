#pragma once

// What a Keep says of itself and of the application in it, as it crosses the border: evidence for a
// verifier elsewhere.
//
// Evidence of a Keep without hardware, of the kind `none`, is a CWT claims set without protection
// (RFC 9781, tag 601): nobody signed it, and whoever has the bytes can make others. In
// deterministic encoding (RFC 8949, 4.2.1):
//
//     601({
//       "kind": "none",
//       "version": 1,
//       "workload": bytes .size 32,         ; SHA-256 of what runs
//       "user_data": bytes .size (0..64),   ; what the application bound
//       ? "measurement": bytes .size 48,    ; SHA-384 of the launch, where there is a plan
//       "report_data": bytes .size 64,      ; see below
//       "configuration": bytes .size 32     ; SHA-256 of what configures it
//     })
//
// Where the Keep speaks for itself, while it is provisioned, it is of version 2, and the report
// data are SHA-512 of the purpose and the binding (protocol/provision/binding.hpp):
//
//     601({
//       "kind": "none",
//       "binding": bytes .size (1..2048),
//       "purpose": text .size (1..32),
//       "version": 2,
//       ? "measurement": bytes .size 48,
//       "report_data": bytes .size 64
//     })
//
// The application's bytes never reach the hardware as they are: it gets the report data, which are
// SHA-512 of this, and no other part of a Keep makes report data that begin so:
//
//     "enarx/v1/app" || workload (32) || configuration (32) || size of the user data (1) || user
//     data

#include "base/result.hpp"
#include "base/wire.hpp"
#include "protocol/evidence/purpose.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace protocol::evidence {

using Digest = base::Bytes<32>;      // SHA-256
using Measurement = base::Bytes<48>; // SHA-384
using ReportData = base::Bytes<64>;  // SHA-512

// What an application bound to its Keep: its key's fingerprint, a nonce, a result.
class UserData {
public:
    static constexpr std::size_t max_size = most_user_data;

    UserData() = default;
    // Errno::FBig: more than 64 bytes.
    static base::Result<UserData> of(std::span<std::byte const> bytes);

    std::span<std::byte const> view() const { return std::span{bytes_}.first(size_); }
    friend bool operator==(UserData const&, UserData const&) = default; // the rest is zero

private:
    base::Bytes<max_size> bytes_{};
    std::uint8_t size_ = 0;
};

// What report data bind.
struct Application {
    Digest workload{};
    Digest configuration{};
    UserData user_data;

    friend bool operator==(Application const&, Application const&) = default;
};

// The bytes whose SHA-512 are an application's report data.
class ReportDataInput {
public:
    explicit ReportDataInput(Application const& application);
    std::span<std::byte const> view() const { return std::span{bytes_}.first(size_); }

private:
    base::Bytes<12 + 32 + 32 + 1 + UserData::max_size> bytes_{};
    std::size_t size_ = 0;
};

// The claims of a Keep without hardware.
struct NoHardware {
    Application application;
    std::optional<Measurement> measurement; // none: nobody measured the Keep at its start
    ReportData report_data{};

    friend bool operator==(NoHardware const&, NoHardware const&) = default;
};

// The claims of a Keep without hardware that is being provisioned; views of what was decoded.
struct NoHardwareBound {
    std::string_view purpose;
    std::span<std::byte const> binding;
    std::optional<Measurement> measurement;
    ReportData report_data{};
};

inline constexpr std::string_view kind_none = "none";
inline constexpr std::size_t max_encoded_size = 384;

class Encoded {
public:
    std::span<std::byte const> view() const { return std::span{bytes_}.first(size_); }

private:
    friend Encoded encode(NoHardware const& /*claims*/);

    base::Bytes<max_encoded_size> bytes_{};
    std::size_t size_ = 0;
};

Encoded encode(NoHardware const& claims);

// Where bytes are no evidence without hardware, and which part of it was expected there.
struct Malformed {
    std::size_t offset;
    std::string_view expected;
};

// Only what encode() writes is accepted: this order, these keys, shortest heads, nothing behind.
// Whether the report data are those of the application is the verifier's to check: there is no
// digest here.
base::Result<NoHardware, Malformed> decode(std::span<std::byte const> bytes);

std::vector<std::byte> encode(NoHardwareBound const& claims);
base::Result<NoHardwareBound, Malformed> decode_bound(std::span<std::byte const> bytes);

// Whether the bytes begin as an unprotected claims set does, well-formed or not.
bool looks_like(std::span<std::byte const> bytes);

} // namespace protocol::evidence
