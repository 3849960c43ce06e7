// The result: what the Keep signed, and whether it follows from what is published beside it.

#include "voting/protocol/code.hpp"
#include "voting/verify/check.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

namespace voting {

namespace {

bool strictly_sorted(auto const& list) {
    return std::ranges::adjacent_find(list, std::ranges::greater_equal{}) == list.end();
}

// How many of these codes stand in the register.
std::size_t
registered(CodeKind kind, Definition const& definition, std::vector<std::string> const& codes) {
    auto const& all = kind == CodeKind::Voter ? definition.voters : definition.officials;
    return static_cast<std::size_t>(std::ranges::count_if(codes, [&](std::string const& code) {
        return std::ranges::binary_search(all, code_digest(kind, definition.salt, code));
    }));
}

class Result {
public:
    Result(Record const& record, Outcome const& outcome) : record_{record}, outcome_{outcome} {}

    Findings check() {
        bool const is_signed = verify(
            record_.key, outcome_statement(record_.id, outcome_).bytes(), outcome_.signature
        );
        hold(is_signed, "result.signature", "the Keep's key did not sign it");
        check_against_board();
        check_ballots();
        check_codes();
        if (findings_.empty()) findings_.push_back({true, "result", summary()});
        return std::move(findings_);
    }

private:
    void check_against_board() {
        Digest const head =
            record_.board.empty() ? first_head(record_.id) : record_.board.back().head;
        bool const whole = outcome_.batches == record_.board.size() && outcome_.head == head;
        hold(
            whole,
            "result.board",
            fmt::format(
                "it was made of another board than this one, with {} batches: this one has {}",
                outcome_.batches,
                record_.board.size()
            )
        );
        std::size_t ballots = 0;
        for (Batch const& batch : record_.board) ballots += batch.commitments.size();
        hold(
            ballots == outcome_.ballots.size(),
            "result.ballots",
            fmt::format("{} ballots on the board, {} counted", ballots, outcome_.ballots.size())
        );
    }

    void check_ballots() {
        hold(
            strictly_sorted(outcome_.ballots | std::views::transform(&Counted::tracker)),
            "result.order",
            "the list of counted ballots is not sorted, or has one twice"
        );
        std::vector<std::uint64_t> tally(record_.definition.choices.size());
        for (Counted const& ballot : outcome_.ballots) {
            bool const known = ballot.choice < tally.size();
            hold(known, "result.choice", "a ballot is for a choice that there is not");
            if (known) ++tally[ballot.choice];
        }
        hold(
            tally == outcome_.tally,
            "result.tally",
            fmt::format(
                "the ballots add up to {}, the tally says {}",
                fmt::join(tally, " : "),
                fmt::join(outcome_.tally, " : ")
            )
        );
    }

    void check_codes() {
        Definition const& definition = record_.definition;
        bool const spent =
            strictly_sorted(outcome_.spent) &&
            registered(CodeKind::Voter, definition, outcome_.spent) == outcome_.spent.size();
        hold(
            spent,
            "result.codes",
            "a code was used that is not in the register, or one was used twice"
        );
        hold(
            outcome_.spent.size() == outcome_.ballots.size(),
            "result.turnout",
            fmt::format(
                "{} ballots were counted, but {} codes were used: votes were added or dropped",
                outcome_.ballots.size(),
                outcome_.spent.size()
            )
        );
        bool const quorum =
            strictly_sorted(outcome_.closers) && outcome_.closers.size() >= definition.quorum &&
            registered(CodeKind::Official, definition, outcome_.closers) == outcome_.closers.size();
        hold(
            quorum,
            "result.quorum",
            fmt::format("it was not closed by {} of the officials", definition.quorum)
        );
    }

    std::string summary() const {
        std::string text = fmt::format(
            "{} ballots from {} codes, closed by {} officials;",
            outcome_.ballots.size(),
            outcome_.spent.size(),
            outcome_.closers.size()
        );
        for (std::size_t i = 0; i < outcome_.tally.size(); ++i)
            text += fmt::format(" {}: {}", record_.definition.choices[i], outcome_.tally[i]);
        return text;
    }

    void hold(bool holds, std::string_view rule, std::string text) {
        if (!holds) findings_.push_back({false, rule, std::move(text)});
    }

    Record const& record_;
    Outcome const& outcome_;
    Findings findings_;
};

} // namespace

Findings check_result(Record const& record) {
    if (record.outcome) return Result{record, *record.outcome}.check();
    return {
        {false,
         "result.missing",
         "the election was never closed: there is no result, and votes that waited for their batch "
         "are lost if the Keep has ended"}
    };
}

} // namespace voting
