#include "voting/protocol/statements.hpp"

namespace voting {

Digest election_id(Definition const& definition, PublicKey const& key, Digest const& certificate) {
    return Transcript{"election"}
        .add(base::view_of(definition.text))
        .add(key)
        .add(certificate)
        .digest();
}

crypto::Sha512Digest user_data(Digest const& election) {
    return crypto::sha512(Transcript{"keep"}.add(election).bytes());
}

Digest commitment(Digest const& election, Nonce const& nonce, std::uint32_t choice) {
    return Transcript{"ballot"}.add(election).add(nonce).add(std::uint64_t{choice}).digest();
}

Digest tracker(Digest const& election, Nonce const& nonce) {
    return Transcript{"tracker"}.add(election).add(nonce).digest();
}

Digest first_head(Digest const& election) { return Transcript{"board"}.add(election).digest(); }

Digest next_head(Digest const& head, std::uint64_t batch, std::span<Digest const> commitments) {
    Transcript transcript{"link"};
    transcript.add(head).add(batch).add(std::uint64_t{commitments.size()});
    for (Digest const& one : commitments) transcript.add(one);
    return transcript.digest();
}

Transcript receipt_statement(Receipt const& receipt) {
    Transcript transcript{"receipt"};
    return transcript.add(receipt.election)
        .add(receipt.commitment)
        .add(receipt.batches)
        .add(receipt.head);
}

Transcript batch_statement(Digest const& election, Batch const& batch) {
    Transcript transcript{"batch"};
    return transcript.add(election)
        .add(batch.number)
        .add(std::uint64_t{batch.commitments.size()})
        .add(batch.head);
}

Transcript outcome_statement(Digest const& election, Outcome const& outcome) {
    Transcript transcript{"outcome"};
    transcript.add(election).add(outcome.batches).add(outcome.head);
    transcript.add(std::uint64_t{outcome.tally.size()});
    for (std::uint64_t const votes : outcome.tally) transcript.add(votes);
    transcript.add(std::uint64_t{outcome.ballots.size()});
    for (Counted const& ballot : outcome.ballots)
        transcript.add(ballot.tracker).add(std::uint64_t{ballot.choice});
    transcript.add(std::uint64_t{outcome.spent.size()});
    for (std::string const& code : outcome.spent) transcript.add(base::view_of(code));
    transcript.add(std::uint64_t{outcome.closers.size()});
    for (std::string const& code : outcome.closers) transcript.add(base::view_of(code));
    return transcript;
}

} // namespace voting
