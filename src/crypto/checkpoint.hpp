#pragma once

// Checkpoints of a log: size and root of its tree as a signed note, signed with Ed25519 by a key
// whose name is the log's origin (C2SP tlog-checkpoint and signed-note, v1.0).
//
//     example.com/log
//     20852163
//     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//
//     — example.com/log Az3grl...

#include "crypto/digest.hpp"
#include "crypto/ed25519_signing_key.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace crypto {

struct TreeHead {
    std::uint64_t size = 0;
    Sha256Digest root{};

    bool operator==(TreeHead const&) const = default;
};

inline constexpr std::size_t largest_checkpoint = std::size_t{16} << 10; // with witnesses' lines
inline constexpr std::size_t longest_origin = 128;

// A name of printable ASCII without space and plus.
bool is_origin(std::string_view text);

base::Result<std::string>
signed_checkpoint(TreeHead const& head, std::string_view origin, Ed25519SigningKey const& key);

// What a log of this origin and key has signed; lines of others are passed over. Nothing: it is
// none, or not that log's.
std::optional<TreeHead>
open_checkpoint(std::string_view note, std::string_view origin, base::View public_key);

// The text of a checkpoint, without its signatures: what open_checkpoint() reads when they are
// right.
std::optional<TreeHead> parse_tree_head(std::string_view text, std::string_view origin);

// The key as verifiers take it: ORIGIN+KEYID+BASE64.
std::string verifier_key(std::string_view origin, base::View public_key);

struct LogVerifier {
    std::string origin;
    Ed25519PublicKey key{};
};
// Nothing: it is no such text, its key id is another one's, or its key is of another kind.
std::optional<LogVerifier> parse_verifier_key(std::string_view text);

} // namespace crypto
