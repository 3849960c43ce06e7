#pragma once

// What passes between a Keep and who provisions it, above TLS: frames of a length (4 bytes,
// big-endian) and one CBOR array of a type and a body. Before evidence was accepted, only the four
// that lead to it exist, and they are short.

#include "base/wire.hpp"
#include "protocol/provision/binding.hpp"
#include "protocol/provision/strict.hpp"

#include <optional>
#include <vector>

namespace protocol::provision {

enum class FrameType : std::uint8_t {
    Hello = 1,         // grantor: {1: [versions], 2: suite, 3: role}
    Request = 2,       // grantor: an authenticator request (RFC 9261, 4)
    Authenticator = 3, // Keep: an authenticator with its evidence (RFC 9261, 5)
    Binding = 4,       // Keep: [binding, [endorsements]]
    Grant = 5,         // grantor: sealed for the recipient key (grant.hpp)
    Want = 6,          // Keep: [digest, offset], a blob that nobody else gave it
    Blob = 7,          // grantor: [digest, offset, bytes]
    Start = 8,         // grantor: null; from now on streams pass
    Status = 9,        // Keep: [state, exit status or null, failure or null]
    Stream = 10,       // both: [0 | 1 | 2, bytes]; no bytes: the end of that stream
    Command = 11,      // grantor: [command, bytes]
    Refuse = 12,       // both: the name of a failure; then the connection ends
};

inline constexpr std::size_t header_size = 4;
inline constexpr std::size_t largest_early = std::size_t{64} << 10; // length, before acceptance
inline constexpr std::size_t largest_frame = (std::size_t{1} << 20) + 64;
inline constexpr std::size_t largest_blob_part = std::size_t{1} << 20;

enum class Trust : std::uint8_t { None, Accepted };

struct Frame {
    FrameType type = FrameType::Refuse;
    base::View body; // one CBOR item
};

// The length that a header announces. Wrong "frame.length": none, or more than is taken now.
Read<std::size_t> announced(base::Bytes<header_size> const& header, Trust trust);
// `bytes`: without the header. Wrong "frame.form", "frame.type": not one that is taken now.
Read<Frame> decode_frame(base::View bytes, Trust trust);
// With the header. `body` is one CBOR item.
std::vector<std::byte> encode_frame(FrameType type, base::View body);

// ---- bodies ----

enum class Role : std::uint8_t { Tenant, Service, User };
struct Hello {
    std::vector<std::uint64_t> versions{version}; // that the grantor speaks; at most 16
    std::uint8_t suite = 0;
    Role role = Role::Tenant;
};
std::vector<std::byte> encode(Hello const& hello);
Read<Hello> decode_hello(base::View body);

struct BindingBody {
    base::View binding;
    std::vector<base::View> endorsements; // hints, at most 16
};
std::vector<std::byte> encode(BindingBody const& body);
Read<BindingBody> decode_binding_body(base::View body);

struct Want {
    base::View digest;
    std::uint64_t offset = 0;
};
std::vector<std::byte> encode(Want const& want);
Read<Want> decode_want(base::View body);

struct Blob {
    base::View digest;
    std::uint64_t offset = 0;
    base::View bytes; // none: whoever was asked does not have it
};
std::vector<std::byte> encode(Blob const& blob);
Read<Blob> decode_blob(base::View body);

enum class State : std::uint8_t { Empty = 0, Granted = 1, Ready = 2, Running = 3, Ended = 4 };
struct Status {
    State state{};
    std::optional<std::uint8_t> exit; // of the application
    std::string_view failure;         // a stable name; empty: none
};
std::vector<std::byte> encode(Status const& status);
Read<Status> decode_status(base::View body);

struct Stream {
    std::uint8_t number = 0;
    base::View bytes;
};
std::vector<std::byte> encode(Stream const& stream);
Read<Stream> decode_stream(base::View body);

// Stop: the application is ended, as by the signal whose number is the one byte (none: 15).
// Attach: of a tenant that comes back to a running Keep, instead of Start: streams pass again, from
// the byte on whose number (8 bytes, big-endian) is what it has had of streams 1 and 2 together.
// The Keep answers with the same, before it says that it runs: the number of the first byte that it
// still has from there on, and behind it (8 bytes) what it has had of stream 0, whose end counts as
// one. The tenant goes on with its input there.
enum class CommandCode : std::uint8_t { Stop = 0, Rotate = 1, Renew = 2, Signal = 3, Attach = 4 };
struct Command {
    CommandCode code{};
    base::View bytes;
};
std::vector<std::byte> encode(Command const& command);
Read<Command> decode_command(base::View body);

// A byte string alone (Request, Authenticator, Grant), and a text alone (Refuse).
std::vector<std::byte> encode_bytes(base::View bytes);
Read<base::View> decode_bytes(base::View body, std::size_t most);
std::vector<std::byte> encode_text(std::string_view text);
Read<std::string_view> decode_text(base::View body, std::size_t most);

} // namespace protocol::provision
