#include "voting/keep/election.hpp"

#include <algorithm>

namespace voting {

namespace {

struct Known {
    std::string code;
    Digest digest;
};

// The code, if it stands in the register.
std::optional<Known>
registered(CodeKind kind, Definition const& definition, std::string_view typed) {
    auto const code = normalised_code(typed);
    if (!code) return {};
    Digest const digest = code_digest(kind, definition.salt, *code);
    auto const& all = kind == CodeKind::Voter ? definition.voters : definition.officials;
    if (!std::ranges::binary_search(all, digest)) return {};
    return Known{.code = *code, .digest = digest};
}

} // namespace

Election::Election(Definition definition, SigningKey key, Digest const& certificate)
    : definition_{std::move(definition)},
      key_{std::move(key)},
      certificate_{certificate},
      id_{election_id(definition_, key_.public_key(), certificate_)},
      head_{first_head(id_)} {}

base::Result<Receipt, Refusal>
Election::cast(std::string_view typed, std::uint32_t choice, Nonce const& nonce) {
    if (closed()) return std::unexpected(Refusal::Closed);
    auto const known = registered(CodeKind::Voter, definition_, typed);
    if (!known) return std::unexpected(Refusal::UnknownCode);
    if (choice >= definition_.choices.size()) return std::unexpected(Refusal::NoSuchChoice);
    Digest const ballot = commitment(id_, nonce, choice);
    if (spent_.contains(known->digest)) return again(known->digest, ballot);
    // Two choices with one nonce would share a tracker, so it is the tracker that must be new.
    Digest const track = tracker(id_, nonce);
    if (!trackers_.insert(track).second) return std::unexpected(Refusal::BallotTaken);

    Receipt receipt{.election = id_, .commitment = ballot, .batches = board_.size(), .head = head_};
    receipt.signature = key_.sign(receipt_statement(receipt).bytes());
    spent_.emplace(known->digest, known->code);
    waiting_.push_back(
        {.receipt = receipt, .counted = {.tracker = track, .choice = choice}, .code = known->digest}
    );
    // A batch leaves as many behind, so that the last one, at the closing, is no smaller.
    if (waiting_.size() >= std::size_t{2} * definition_.batch) publish(definition_.batch);
    return receipt;
}

base::Result<Receipt, Refusal> Election::again(Digest const& code, Digest const& ballot) const {
    for (Waiting const& one : waiting_)
        if (one.code == code && one.receipt.commitment == ballot) return one.receipt;
    return std::unexpected(Refusal::CodeSpent);
}

base::Result<Closing, Refusal> Election::close(std::string_view typed) {
    if (closed()) return std::unexpected(Refusal::Closed);
    auto const known = registered(CodeKind::Official, definition_, typed);
    if (!known) return std::unexpected(Refusal::UnknownCode);
    if (!closers_.insert(known->code).second) return std::unexpected(Refusal::NothingToClose);
    if (closers_.size() >= definition_.quorum) finish();
    return Closing{.given = closers_.size(), .needed = definition_.quorum};
}

// Sorting is the shuffle: the order of digests tells nothing of the order in which they came.
void Election::publish(std::size_t count) {
    Batch batch;
    batch.number = board_.size() + 1;
    for (std::size_t i = 0; i < count; ++i) {
        batch.commitments.push_back(waiting_[i].receipt.commitment);
        urn_.insert(waiting_[i].counted);
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    std::ranges::sort(batch.commitments);
    head_ = batch.head = next_head(head_, batch.number, batch.commitments);
    batch.signature = key_.sign(batch_statement(id_, batch).bytes());
    board_.push_back(std::move(batch));
}

void Election::finish() {
    if (!waiting_.empty()) publish(waiting_.size());
    Outcome outcome{
        .batches = board_.size(),
        .head = head_,
        .tally = {},
        .ballots = {urn_.begin(), urn_.end()},
        .spent = {},
        .closers = {}
    };
    outcome.tally.resize(definition_.choices.size());
    for (Counted const& ballot : urn_) ++outcome.tally[ballot.choice];
    for (auto const& [digest, code] : spent_) outcome.spent.push_back(code);
    std::ranges::sort(outcome.spent);
    outcome.closers.assign(closers_.begin(), closers_.end());
    outcome.signature = key_.sign(outcome_statement(id_, outcome).bytes());
    outcome_ = std::move(outcome);
}

} // namespace voting
