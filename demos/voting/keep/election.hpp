#pragma once

// The election as the Keep holds it: who may still vote, ballots that wait for their batch, the
// board, the urn. No input, no output, no clock.

#include "voting/protocol/code.hpp"
#include "voting/protocol/statements.hpp"

#include <map>
#include <set>

namespace voting {

enum class Refusal : std::uint8_t {
    UnknownCode, // none of this election's
    CodeSpent,   // its one vote is cast
    NoSuchChoice,
    BallotTaken, // the same commitment stands already: a nonce is used once
    Closed,
    NothingToClose // the official's code has been given before
};

struct Closing {
    std::size_t given;
    std::size_t needed;
};

class Election {
public:
    // `certificate`: SHA-256 of the certificate that the Keep's listener shows, or zeros.
    Election(Definition definition, SigningKey key, Digest const& certificate);

    // Takes the one vote of a code. The same code with the same ballot gets the same receipt again
    // while the ballot waits: an answer that was lost on its way can be asked for again.
    base::Result<Receipt, Refusal>
    cast(std::string_view typed, std::uint32_t choice, Nonce const& nonce);

    // Takes one official's word that the election shall close; the word of the quorum closes it.
    base::Result<Closing, Refusal> close(std::string_view typed);

    Definition const& definition() const { return definition_; }
    PublicKey const& key() const { return key_.public_key(); }
    Digest const& certificate() const { return certificate_; }
    Digest const& id() const { return id_; }
    Digest const& head() const { return head_; }
    std::vector<Batch> const& board() const { return board_; }
    std::size_t cast_votes() const { return spent_.size(); }
    bool closed() const { return outcome_.has_value(); }
    std::optional<Outcome> const& outcome() const { return outcome_; }

private:
    struct Waiting {
        Receipt receipt;
        Counted counted;
        Digest code;
    };

    base::Result<Receipt, Refusal> again(Digest const& code, Digest const& ballot) const;
    void publish(std::size_t count);
    void finish();

    Definition definition_;
    SigningKey key_;
    Digest certificate_;
    Digest id_;
    Digest head_;
    std::map<Digest, std::string> spent_; // digest of a code -> the code
    std::set<std::string> closers_;
    std::set<Digest> trackers_;    // of all ballots
    std::vector<Waiting> waiting_; // what links a code to a ballot: forgotten when the batch is out
    std::vector<Batch> board_;
    std::set<Counted> urn_;
    std::optional<Outcome> outcome_;
};

} // namespace voting
