#include "voting/keep/answers.hpp"

#include "voting/keep/form.hpp"
#include "voting/keep/json.hpp"
#include "voting/page/page.hpp"

#include <charconv>

namespace voting {

namespace {

Answer problem(int status, std::string_view name, std::string_view text) {
    Answer answer{.status = status, .body = {}};
    JsonObject{answer.body}.field("error", name).field("text", text).end();
    return answer;
}

Answer refused(Refusal refusal) {
    switch (refusal) {
    case Refusal::UnknownCode:
        return problem(403, "unknown-code", "This is no code of this election.");
    case Refusal::CodeSpent:
        return problem(409, "code-spent", "A vote was cast with this code before.");
    case Refusal::NoSuchChoice:
        return problem(400, "no-such-choice", "There is no such choice.");
    case Refusal::BallotTaken:
        return problem(409, "ballot-taken", "This random number was used before.");
    case Refusal::Closed:
        return problem(409, "closed", "The election is closed.");
    case Refusal::NothingToClose:
        return problem(409, "code-given", "This official has spoken already.");
    }
    return problem(500, "internal", "");
}

std::optional<std::uint32_t> number(std::optional<std::string> const& text) {
    std::uint32_t value = 0;
    if (!text || text->empty() || text->size() > 9) return {};
    auto const [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size()) return {};
    return value;
}

void append_digest(std::string& out, Digest const& digest) { append_quoted(out, hex(digest)); }

std::string receipt_text(Receipt const& receipt) {
    std::string out;
    JsonObject{out}
        .field("election", receipt.election)
        .field("commitment", receipt.commitment)
        .field("batches", receipt.batches)
        .field("head", receipt.head)
        .field("signature", receipt.signature)
        .end();
    return out;
}

std::string batch_text(Batch const& batch) {
    std::string out;
    JsonObject{out}
        .field("number", batch.number)
        .raw("commitments", json_array(batch.commitments, append_digest))
        .field("head", batch.head)
        .field("signature", batch.signature)
        .end();
    return out;
}

void append_ballot(std::string& out, Counted const& ballot) {
    JsonObject{out}
        .field("tracker", ballot.tracker)
        .field("choice", std::uint64_t{ballot.choice})
        .end();
}

std::string outcome_text(Outcome const& outcome) {
    auto const votes = [](std::string& out, std::uint64_t count) { out += std::to_string(count); };
    auto const code = [](std::string& out, std::string const& text) { append_quoted(out, text); };
    std::string out;
    JsonObject{out}
        .field("batches", outcome.batches)
        .field("head", outcome.head)
        .raw("tally", json_array(outcome.tally, votes))
        .raw("ballots", json_array(outcome.ballots, append_ballot))
        .raw("spent", json_array(outcome.spent, code))
        .raw("closers", json_array(outcome.closers, code))
        .field("signature", outcome.signature)
        .end();
    return out;
}

} // namespace

Answer Answers::to(Request const& request) {
    if (request.method == "GET" || request.method == "HEAD") return get(request);
    if (request.method != "POST") return problem(405, "method", "Only GET and POST.");
    if (request.path == "/vote") return vote(request.body);
    if (request.path == "/close") return close(request.body);
    return problem(404, "no-such-page", "There is no such page.");
}

Answer Answers::get(Request const& request) {
    if (auto const* part = page_part(request.path))
        return {.type = part->type, .body = std::string{part->text}};
    if (request.path == "/election") return {.body = description(false)};
    if (request.path == "/board")
        return {.body = batches(number(form_field(request.query, "from")).value_or(0))};
    if (request.path == "/record") return {.body = record()};
    if (request.path != "/result") return problem(404, "no-such-page", "There is no such page.");
    auto const& outcome = election_.outcome();
    if (!outcome) return problem(409, "open", "The election is not closed yet.");
    return {.body = outcome_text(*outcome)};
}

Answer Answers::vote(std::string_view form) {
    auto const code = form_field(form, "code");
    auto const choice = number(form_field(form, "choice"));
    auto const nonce = from_hex<32>(form_field(form, "nonce").value_or(""));
    if (!code || !choice || !nonce)
        return problem(400, "incomplete", "A vote is a code, a choice and a random number.");
    auto const receipt = election_.cast(*code, *choice, *nonce);
    if (!receipt) return refused(receipt.error());
    return {.body = receipt_text(*receipt)};
}

Answer Answers::close(std::string_view form) {
    auto const code = form_field(form, "code");
    if (!code) return problem(400, "incomplete", "An official's code is needed.");
    auto const closing = election_.close(*code);
    if (!closing) return refused(closing.error());
    Answer answer;
    JsonObject{answer.body}
        .field("given", closing->given)
        .field("needed", closing->needed)
        .flag("closed", election_.closed())
        .end();
    return answer;
}

std::string Answers::description(bool whole) const {
    Definition const& definition = election_.definition();
    auto const quoted = [](std::string& out, std::string const& text) { append_quoted(out, text); };
    std::string out;
    JsonObject object{out};
    if (whole) object.field("definition", definition.text);
    object.field("id", election_.id())
        .field("title", definition.title)
        .raw("choices", json_array(definition.choices, quoted))
        .field("batch", definition.batch)
        .field("quorum", definition.quorum)
        .field("voters", definition.voters.size())
        .field("key", election_.key())
        .field("certificate", election_.certificate())
        .field("kind", evidence_ ? std::string_view{evidence_->kind} : "missing")
        .field("evidence", evidence_ ? base::view_of(evidence_->bytes) : base::View{})
        .field("cast", election_.cast_votes())
        .field("batches", election_.board().size())
        .field("head", election_.head())
        .flag("closed", election_.closed())
        .end();
    return out;
}

std::string Answers::batches(std::size_t from) {
    auto const& board = election_.board();
    while (batch_texts_.size() < board.size())
        batch_texts_.push_back(batch_text(board[batch_texts_.size()]));
    std::string out = "[";
    for (std::size_t i = from; i < batch_texts_.size(); ++i) {
        if (i > from) out += ',';
        out += batch_texts_[i];
    }
    return out += ']';
}

std::string Answers::record() {
    auto const& outcome = election_.outcome();
    std::string out;
    JsonObject{out}
        .raw("election", description(true))
        .raw("board", batches(0))
        .raw("result", outcome ? outcome_text(*outcome) : "null")
        .end();
    return out;
}

} // namespace voting
