#pragma once

// One file with all endorsements that somebody needs, for use without a network.
//
// CBOR in core deterministic encoding (RFC 8949, 4.2.1), so that the same endorsements make the
// same file: 55799(["enarx endorsements", 1, [[kind, content], ...]]). `kind` is 1 for a
// certificate and 2 for a revocation list, both in DER, and 3 for a document in JSON exactly as the
// vendor signed it. The pairs are sorted by kind, then by content; none occurs twice. Keys that the
// relying party trusts are not in it: trust is given with --root, never packed.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"

#include <cstdint>
#include <vector>

namespace attest {

enum class BundledKind : std::uint8_t { Certificate = 1, RevocationList = 2, Document = 3 };

struct Bundled {
    BundledKind kind = BundledKind::Certificate;
    base::View content;
    std::size_t offset = 0; // of the content, in the bundle
};

// Whether bytes begin as a bundle of any version does.
bool looks_like_bundle(base::View bytes);

// The parts, which point into `bytes`. What they hold is not looked at.
base::Result<std::vector<Bundled>, crypto::Malformed> parse_bundle(base::View bytes);

// `parts` in any order, the same one more than once or not.
std::vector<std::byte> write_bundle(std::vector<Bundled> parts);

} // namespace attest
