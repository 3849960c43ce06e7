// Whatever the bytes: a tile's path, a tile, a bundle, an entry, a checkpoint, a verifier's key and
// a proof are refused or are the same when written again; no proof holds. The first byte chooses
// which.

#include "crypto/base64.hpp"
#include "crypto/checkpoint.hpp"
#include "crypto/inclusion_proof.hpp"
#include "crypto/merkle.hpp"
#include "protocol/provision/log_entry.hpp"
#include "service/log/tile.hpp"

#include <array>
#include <cstdlib>

namespace {

using namespace service;

constexpr std::string_view origin = "example.com/log";

void demand(bool holds) {
    if (!holds) std::abort();
}

void path(base::View bytes) {
    auto const text = base::text_of(bytes);
    auto const name = parse_tile_path(text);
    if (name) demand(path_of(*name) == text);
}

void bundle(base::View bytes, unsigned width) {
    auto const entries = parse_bundle(bytes, width);
    if (!entries) return;
    demand(entries->size() == width);
    Blob again;
    for (auto const entry : *entries) append_to_bundle(again, entry);
    demand(base::equal(again, bytes));
}

void tile(base::View bytes, unsigned width) {
    auto const hashes = parse_tile(bytes, width);
    if (hashes) demand(base::equal(encode_tile(*hashes), bytes));
}

void entry(base::View bytes) {
    auto const read = protocol::provision::decode_log_entry(bytes);
    if (read)
        demand(base::equal(protocol::provision::encode(*read), bytes));
    else
        demand(!read.error().field.empty() && read.error().offset <= bytes.size());
}

void head(base::View bytes) {
    auto const text = base::text_of(bytes);
    auto const read = crypto::parse_tree_head(text, origin);
    if (!read) return;
    auto const again = std::string{origin} + '\n' + std::to_string(read->size) + '\n' +
                       crypto::encode_base64(read->root) + '\n';
    demand(text.starts_with(again)); // extensions may follow
}

// Nobody finds a signature of this key, a point of small order or whatever it is.
void note(base::View bytes) {
    base::Bytes<32> key{};
    key.fill(std::byte{0x55});
    demand(!crypto::open_checkpoint(base::text_of(bytes), origin, key));
    auto const verifier = crypto::parse_verifier_key(base::text_of(bytes));
    if (verifier)
        demand(crypto::verifier_key(verifier->origin, verifier->key) == base::text_of(bytes));
}

// Numbers of 8 bytes, then hashes.
void proof(base::View bytes) {
    auto const read = crypto::parse_inclusion_proof(bytes);
    if (read) demand(base::equal(crypto::encode(*read), bytes));
    std::array<std::uint64_t, 2> numbers{};
    for (auto& number : numbers) {
        if (bytes.size() < 8) return;
        for (auto const byte : bytes.first(8))
            number = number << 8 | std::to_integer<std::uint64_t>(byte);
        bytes = bytes.subspan(8);
    }
    auto const width = static_cast<unsigned>(bytes.size() / 32);
    auto const hashes = *parse_tile(bytes.first(width * std::size_t{32}), width);
    crypto::Sha256Digest const nobody{};
    demand(
        !crypto::merkle::included(numbers[0], nobody, numbers[1], nobody, hashes) ||
        (numbers[0] == 1 && hashes.empty())
    );
    bool const same = numbers[0] == numbers[1] && hashes.empty();
    demand(!crypto::merkle::consistent(numbers[0], nobody, numbers[1], nobody, hashes) || same);
}

void judge(unsigned which, base::View bytes) {
    switch (which % 8) {
    case 0:
        return path(bytes);
    case 1:
        return bundle(bytes, 1 + which / 8);
    case 2:
        return tile(bytes, which / 8);
    case 3:
        return entry(bytes);
    case 4:
        return head(bytes);
    case 5:
        return note(bytes);
    case 6:
        return proof(bytes);
    default:
        return bundle(bytes, tile_width);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    if (size == 0) return 0;
    judge(data[0], std::as_bytes(std::span{data, size}).subspan(1));
    return 0;
}
