#pragma once

// What the host hands to exec at its start: the application, its configuration and the command
// line's wishes.
//
// One block of bytes, at descriptor 3 of exec (nil: a sealed memfd; a Keep: pages that the shim
// serves). Little endian:
//
//     0x00  magic  "ENXLNCH1"
//     0x08  size   u32, of the whole block
//     0x0c  count  u32, of items
//     0x10  items  each: kind u16, reserved u16 (0), descriptor i32 (-1: none), length u32, then
//     `length` bytes, no padding
//
// exec takes every item as the word of an untrusted host: unknown kinds, a repeated single item, a
// length that passes the end, a trailing byte are refused. A descriptor is a number that exec finds
// open; it never opens a path of the host itself.

#include "base/result.hpp"
#include "base/wire.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace protocol::launch {

// The lines on standard error by which an empty Keep tells its host that whoever connects now is
// answered (its socket is there before the Keep is), and that it is somebody's from now on.
inline constexpr std::string_view waits_for_its_tenant =
    "enarx: an empty Keep waits for its tenant";
inline constexpr std::string_view has_its_tenant = "enarx: the Keep has its tenant";

inline constexpr std::uint32_t max_size = 64U << 20;
inline constexpr int block_descriptor = 3;

enum class Kind : std::uint16_t {
    Action = 1,        // text: run | inspect | digests | provision
    Module = 2,        // descriptor of the module; text: its name, which is argv[0]
    Configuration = 3, // text of Enarx.toml
    Argument = 4,      // one of the command line's arguments, in order
    Environment = 5,   // K=V
    Directory = 6,     // descriptor of an open host directory; text: guest path; from --dir
    HostDirectory =
        7, // the same for a `source = "host"` entry of the configuration; text: its `path`
    PackageDirectory = 8, // descriptor of the package's folder; exec reads it whole at the start if
                          // the configuration mounts it
    Artefact = 9,         // descriptor of compiled code (artefact.hpp) of exactly this module
    Invoke = 10,          // text: name of the export to call
    MaxMemory = 11,       // u64, bytes
    TimeoutMs = 12,       // u64
    LogFilter = 13,       // text
    LogFormat = 14,       // text: text | json
    Timings = 15,         // u64: CLOCK_MONOTONIC in ns when the command started
    Backend = 16,         // text: nil | kvm | ...
    LogTarget = 17,       // text: stderr | stdout
    Measurement = 18,     // 48 bytes, SHA-384: what the VMM measured of its plan; for evidence
                          // without hardware, which is the host's word anyway
    ArtefactSink = 19,    // descriptor of a stream that takes such code, if exec has to compile
    Channel = 20,         // descriptor of a listening stream socket: who provisions this Keep, and
                          // who asks what it runs, connects there
    Blobs = 21,           // descriptor of a package file, or of a folder of blobs, each named by
                          // the 64 digits of its SHA-256; ciphertext, or checked against its name
    Pull = 22,            // text: name of the deployment that the Keep asks a service for itself
    Steward = 23,         // text: https address of that service
    StewardPin = 24,      // text: 64 digits, SHA-256 of the key by which alone it is believed
    Places = 25,       // text: lines "listen ADDRESS PORT" and "connect HOST PORT": where alone the
                       // application may, in a Keep that has no machine to see to that
    Certificates = 26, // bytes, at most 32 KiB: endorsements of the hardware in any form, for
                       // whoever verifies the Keep's evidence: hints
};

struct Header {
    base::Bytes<8> magic; // 0x00
    base::U32 size;       // 0x08
    base::U32 count;      // 0x0c
};
static_assert(base::Wire<Header> && sizeof(Header) == 0x10);

struct ItemHeader {
    base::U16 kind;       // 0x00
    base::U16 reserved;   // 0x02  zero
    base::U32 descriptor; // 0x04  two's complement
    base::U32 length;     // 0x08
};
static_assert(base::Wire<ItemHeader> && sizeof(ItemHeader) == 0x0c);

inline constexpr std::array<char, 8> magic = {'E', 'N', 'X', 'L', 'N', 'C', 'H', '1'};
inline constexpr int no_descriptor = -1;

// One item. `text` is its bytes, for a number the eight of `number_text()`, for a measurement
// its 48.
struct Item {
    Kind kind = Kind::Action;
    int descriptor = no_descriptor;
    std::string_view text = {};

    std::uint64_t number() const; // of MaxMemory, TimeoutMs and Timings
};

// The bytes of a number item.
std::array<char, 8> number_text(std::uint64_t value);

// How many bytes the block of these items has.
std::size_t encoded_size(std::span<Item const> items);

// Writes the block of these items; `out` must have encoded_size(items) bytes. Errno::TooBig: more
// than max_size.
base::Result<void> encode(std::span<Item const> items, std::span<std::byte> out);

// Why a block was refused, for the message: "an item passes the end".
struct Malformed {
    std::string_view rule;
};

// The items of a block that passed every check, in their order.
class Items {
public:
    class Iterator {
    public:
        explicit Iterator(std::span<std::byte const> rest) : rest_{rest} {}
        Item operator*() const;
        Iterator& operator++();
        friend bool operator==(Iterator a, Iterator b) { return a.rest_.size() == b.rest_.size(); }

    private:
        std::span<std::byte const> rest_;
    };

    Iterator begin() const { return Iterator{items_}; }
    Iterator end() const { return Iterator{{}}; }

private:
    explicit Items(std::span<std::byte const> items) : items_{items} {}
    friend base::Result<Items, Malformed> decode(std::span<std::byte const> /*block*/);

    std::span<std::byte const> items_;
};

// Checks a whole block. The items refer to its bytes, which must stay and must not change: copy
// shared memory first.
base::Result<Items, Malformed> decode(std::span<std::byte const> block);

} // namespace protocol::launch
