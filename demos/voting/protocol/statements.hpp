#pragma once

// The values and statements that Keep, page and verifier must form alike. PROTOCOL.md says what
// each is for.

#include "voting/crypto/ed25519.hpp"
#include "voting/protocol/definition.hpp"

#include <span>

namespace voting {

using Nonce = base::Bytes<32>; // chosen by the voter's browser

// This election and no other: its rules, the Keep's key, the certificate of the Keep's listener
// (all zero where the Keep cannot say which that is).
Digest election_id(Definition const& definition, PublicKey const& key, Digest const& certificate);

// What the Keep binds to its evidence.
crypto::Sha512Digest user_data(Digest const& election);

// A ballot as it stands on the board: says nothing without the nonce.
Digest commitment(Digest const& election, Nonce const& nonce, std::uint32_t choice);
// The same ballot in the final list: says nothing of the commitment without the nonce.
Digest tracker(Digest const& election, Nonce const& nonce);

// The chain: before the first batch, and from one batch to the next.
Digest first_head(Digest const& election);
Digest next_head(Digest const& head, std::uint64_t batch, std::span<Digest const> commitments);

struct Receipt {
    Digest election{};
    Digest commitment{};
    std::uint64_t batches = 0; // on the board when the ballot was taken
    Digest head{};             // of the chain, then
    Signature signature{};
};

struct Batch {
    std::uint64_t number = 0;        // from 1
    std::vector<Digest> commitments; // sorted: their order tells nothing of when they came
    Digest head{};
    Signature signature{};
};

struct Counted {
    Digest tracker{};
    std::uint32_t choice = 0;
    friend auto operator<=>(Counted const&, Counted const&) = default;
};

struct Outcome {
    std::uint64_t batches = 0;
    Digest head{};
    std::vector<std::uint64_t> tally; // one for each choice
    std::vector<Counted> ballots;     // sorted by tracker
    std::vector<std::string> spent;   // voters' codes that were used, sorted
    std::vector<std::string> closers; // officials' codes that closed, sorted
    Signature signature{};
};

// What the Keep signs.
Transcript receipt_statement(Receipt const& receipt);
Transcript batch_statement(Digest const& election, Batch const& batch);
Transcript outcome_statement(Digest const& election, Outcome const& outcome);

} // namespace voting
