#pragma once

// What a Keep's report data are made for: the words by which they begin, and the call by which a
// Keep's program asks its shim for them to be signed.
//
// Report data are SHA-512 of a purpose's words and of what is bound under it. The shim puts the
// words in front and makes the digest, so a program gets nothing signed that does not say what it
// is for.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace protocol::evidence {

// The numbers are those of the call.
enum class Purpose : std::uint8_t { Application = 0, Provision = 1, Ready = 2 };

// None is the beginning of another.
inline constexpr std::array<std::string_view, 3> purposes{
    "enarx/v1/app", "enarx/v1/provision", "enarx/v1/ready"
};
constexpr std::string_view text_of(Purpose purpose) {
    return purposes[static_cast<std::size_t>(purpose)];
}

// Of an application: its digests, the size of its user data, and these (evidence.hpp).
inline constexpr std::size_t application_digests = 64;
inline constexpr std::size_t most_user_data = 64;
// Of a Keep that is provisioned: a binding (protocol/provision/binding.hpp).
inline constexpr std::size_t most_bound = 2048;

// A system call of the shim, by a number that Linux leaves free for good (387 to 423,
// arch/x86/entry/syscalls/syscall_64.tbl): purpose, address and size of what is bound, address and
// size of the room for the report. Its answer is the size of the report.
//   ENOSYS  no hardware vouches for this Keep
//   EINVAL  another purpose, or what is bound has not the form of its purpose
//   ENOSPC  too little room
//   EACCES  the secure processor can no longer be asked
//   EIO     it did not answer as it should, and will not be asked again
inline constexpr std::uint64_t report_call = 400;

} // namespace protocol::evidence
