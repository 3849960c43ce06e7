// A voter's receipt and, where he shows it, the secret part: is the ballot on the board, was it
// counted as it was cast?

#include "voting/protocol/hex.hpp"
#include "voting/verify/check.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace voting {

namespace {

std::optional<std::uint64_t> batch_with(Record const& record, Digest const& ballot) {
    for (Batch const& batch : record.board)
        if (std::ranges::binary_search(batch.commitments, ballot)) return batch.number;
    return {};
}

// The chain's head after so many batches, as this board has it.
std::optional<Digest> head_after(Record const& record, std::uint64_t batches) {
    if (batches == 0) return first_head(record.id);
    if (batches > record.board.size()) return {};
    return record.board[batches - 1].head;
}

Findings check_receipt(Record const& record, Receipt const& receipt) {
    if (receipt.election != record.id)
        return {{false, "receipt.election", "it is of another election, or this board is"}};
    if (!verify(record.key, receipt_statement(receipt).bytes(), receipt.signature))
        return {{false, "receipt.signature", "the Keep's key did not sign it"}};
    Findings findings;
    auto const head = head_after(record, receipt.batches);
    if (!head)
        findings.push_back(
            {false,
             "receipt.older-board",
             fmt::format(
                 "{} batches were on the board when it was given, and {} are on this one: an old "
                 "board was put in the place of the new one",
                 receipt.batches,
                 record.board.size()
             )}
        );
    if (head && *head != receipt.head)
        findings.push_back(
            {false,
             "receipt.other-board",
             "the board that the voter saw is not a beginning of this one: there are two boards"}
        );
    auto const batch = batch_with(record, receipt.commitment);
    if (batch)
        findings.push_back(
            {true,
             "receipt",
             fmt::format("ballot {:.16}... is in batch {}", hex(receipt.commitment), *batch)}
        );
    else if (record.outcome)
        findings.push_back(
            {false,
             "receipt.dropped",
             "the Keep took this ballot, and it is not on the board of the closed election"}
        );
    else
        findings.push_back(
            {false,
             "receipt.waiting",
             "the ballot is not on the board: it waits for its batch, or it is lost if the Keep "
             "has ended"}
        );
    return findings;
}

Findings check_secret(Record const& record, Kept const& kept, Kept::Secret const& secret) {
    if (commitment(record.id, secret.nonce, secret.choice) != kept.receipt.commitment)
        return {
            {false, "secret.commitment", "the secret part does not open the ballot of this receipt"}
        };
    if (!record.outcome) return {};
    auto const& ballots = record.outcome->ballots;
    auto const found =
        std::ranges::find(ballots, tracker(record.id, secret.nonce), &Counted::tracker);
    if (found == ballots.end()) return {{false, "secret.counted", "the ballot was not counted"}};
    if (found->choice != secret.choice)
        return {
            {false,
             "secret.counted",
             "the ballot was counted for another choice than it was cast for"}
        };
    return {
        {true,
         "secret",
         fmt::format("counted as it was cast: for {}", record.definition.choices[secret.choice])}
    };
}

} // namespace

Findings check_kept(Record const& record, Kept const& kept) {
    Findings findings = check_receipt(record, kept.receipt);
    if (!kept.secret || kept.receipt.election != record.id) return findings;
    for (Finding& finding : check_secret(record, kept, *kept.secret))
        findings.push_back(std::move(finding));
    return findings;
}

} // namespace voting
