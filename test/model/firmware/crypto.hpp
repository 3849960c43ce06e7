// The model's own cryptography: OpenSSL's, in the shapes that the firmware needs.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

struct evp_pkey_st; // NOLINT(readability-identifier-naming): OpenSSL calls it so

namespace model::firmware {

using Sha384 = std::array<std::byte, 48>;
using Key256 = std::array<std::byte, 32>;

Sha384 sha384(std::span<std::byte const>);
void fill_random(std::span<std::byte>);
/// HMAC-SHA-384 of `data`, the first 32 bytes.
Key256 derive(std::span<std::byte const> root, std::span<std::byte const> data);

struct Message {
    Key256 const& key;
    std::uint64_t number; // the nonce: 8 bytes, then zeros
    std::span<std::byte const> additional;
};
constexpr std::size_t tag_size = 16;
/// Encrypts in place; returns the tag.
std::array<std::byte, tag_size> seal(Message const&, std::span<std::byte> text);
/// False: the tag is another's.
bool open(Message const&, std::span<std::byte> text, std::span<std::byte const, tag_size> tag);

/// AES-256-CTR with the page's address as counter: what the host sees of a private page.
void encrypt_page(
    Key256 const&,
    std::uint64_t machine_address,
    std::span<std::byte const> from,
    std::span<std::byte> to
);

/// R and S, 48 bytes each, big-endian.
struct Signature {
    std::array<std::byte, 48> r{};
    std::array<std::byte, 48> s{};
};
Signature sign_p384(evp_pkey_st* key, std::span<std::byte const> data);
bool verify_p384(
    std::span<std::byte const, 48> x,
    std::span<std::byte const, 48> y,
    std::span<std::byte const> data,
    Signature const&
);

} // namespace model::firmware
