// The board: an unbroken chain of signed batches, none of them too small to hide a voter.

#include "voting/verify/check.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace voting {

namespace {

class Board {
public:
    explicit Board(Record const& record) : record_{record}, head_{first_head(record.id)} {}

    Findings check() {
        for (std::size_t i = 0; i < record_.board.size(); ++i) batch(record_.board[i], i + 1);
        if (findings_.empty())
            findings_.push_back(
                {true,
                 "board",
                 fmt::format(
                     "{} ballots in {} batches, an unbroken chain signed by the Keep's key",
                     ballots_.size(),
                     record_.board.size()
                 )}
            );
        return std::move(findings_);
    }

private:
    void batch(Batch const& batch, std::size_t number) {
        if (batch.number != number)
            fail(
                "board.number",
                number,
                fmt::format(
                    "it says that it is batch {}: one is missing, or out of its place", batch.number
                )
            );
        if (!std::ranges::is_sorted(batch.commitments))
            fail(
                "board.order",
                number,
                "the ballots are not sorted: their order may tell who cast them"
            );
        for (Digest const& ballot : batch.commitments)
            if (!ballots_.insert(ballot).second)
                fail("board.unique", number, "a ballot stands on the board twice");
        check_size(batch, number);
        head_ = next_head(head_, number, batch.commitments);
        if (head_ != batch.head)
            fail(
                "board.chain",
                number,
                "its ballots are not those that the chain was made of: one was dropped, changed or "
                "added"
            );
        // What follows is judged by the chain as it is said to be, so that one change is one
        // finding.
        head_ = batch.head;
        if (!verify(record_.key, batch_statement(record_.id, batch).bytes(), batch.signature))
            fail("board.signature", number, "the Keep's key did not sign it");
    }

    // Only the last batch of all may be small, and only if the election had no more votes.
    void check_size(Batch const& batch, std::size_t number) {
        bool const all_there_was = record_.outcome && record_.board.size() == 1;
        if (batch.commitments.size() < record_.definition.batch && !all_there_was)
            fail(
                "board.batch-size",
                number,
                fmt::format(
                    "it has {} ballots; fewer than {} may tell who cast them",
                    batch.commitments.size(),
                    record_.definition.batch
                )
            );
    }

    void fail(std::string_view rule, std::size_t number, std::string text) {
        findings_.push_back({false, rule, fmt::format("batch {}: {}", number, text)});
    }

    Record const& record_;
    Digest head_;
    std::set<Digest> ballots_;
    Findings findings_;
};

} // namespace

Findings check_board(Record const& record) { return Board{record}.check(); }

} // namespace voting
