#include "voting/protocol/definition.hpp"

#include "base/utf8.hpp"
#include "voting/protocol/hex.hpp"

#include <algorithm>
#include <charconv>

namespace voting {

namespace {

constexpr std::size_t most_text = 200;
constexpr std::size_t most_choices = 32;
constexpr std::uint32_t most_in_batch = 100'000;

using Problem = std::string_view;

bool printable(std::string_view text) {
    if (text.empty() || text.size() > most_text) return false;
    while (!text.empty()) {
        std::size_t const length = base::utf8_sequence(text);
        if (length == 0 || (length == 1 && (text[0] < ' ' || text[0] == 0x7f))) return false;
        text.remove_prefix(length);
    }
    return true;
}

base::Result<std::uint32_t, Problem> number(std::string_view text) {
    std::uint32_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value == 0 ||
        value > most_in_batch)
        return std::unexpected(Problem{"not a number from 1 to 100000"});
    return value;
}

base::Result<void, Problem> once(std::uint32_t& field, std::string_view value) {
    if (field != 0) return std::unexpected(Problem{"said twice"});
    field = TRY(number(value));
    return {};
}

base::Result<void, Problem> append(std::vector<Digest>& list, std::string_view value) {
    auto const digest = from_hex<32>(value);
    if (!digest) return std::unexpected(Problem{"not a digest of 64 hexadecimal digits"});
    list.push_back(*digest);
    return {};
}

base::Result<void, Problem> take_salt(Definition& definition, std::string_view value) {
    auto const salt = from_hex<16>(value);
    if (!salt) return std::unexpected(Problem{"not a salt of 32 hexadecimal digits"});
    definition.salt = *salt;
    return {};
}

base::Result<void, Problem>
take_words(Definition& definition, std::string_view key, std::string_view value) {
    if (!printable(value))
        return std::unexpected(Problem{"not a printable text of at most 200 bytes"});
    if (key == "title" && !definition.title.empty()) return std::unexpected(Problem{"said twice"});
    if (key == "title") definition.title = value;
    if (key == "choice") definition.choices.emplace_back(value);
    return {};
}

base::Result<void, Problem>
take(Definition& definition, std::string_view key, std::string_view value) {
    if (key == "title" || key == "choice") return take_words(definition, key, value);
    if (key == "batch") return once(definition.batch, value);
    if (key == "quorum") return once(definition.quorum, value);
    if (key == "salt") return take_salt(definition, value);
    if (key == "official") return append(definition.officials, value);
    if (key == "voter") return append(definition.voters, value);
    return std::unexpected(Problem{"a key that nobody knows"});
}

bool sort_unique(std::vector<Digest>& list) {
    std::ranges::sort(list);
    return std::ranges::adjacent_find(list) == list.end();
}

base::Result<void, Problem> whole(Definition& definition) {
    if (definition.title.empty()) return std::unexpected(Problem{"there is no title"});
    if (definition.choices.size() < 2 || definition.choices.size() > most_choices)
        return std::unexpected(Problem{"there are not 2 to 32 choices"});
    if (definition.batch < 2)
        return std::unexpected(Problem{"a batch of less than 2 hides nobody"});
    if (base::all_zero(definition.salt)) return std::unexpected(Problem{"there is no salt"});
    if (!sort_unique(definition.officials) || !sort_unique(definition.voters))
        return std::unexpected(Problem{"the same code twice"});
    if (definition.quorum == 0 || definition.quorum > definition.officials.size())
        return std::unexpected(Problem{"the quorum is not 1 to the number of officials"});
    if (definition.voters.empty()) return std::unexpected(Problem{"there is no voter"});
    return {};
}

base::Result<void, Problem> take_line(Definition& definition, std::string_view line) {
    std::size_t const colon = line.find(": ");
    if (colon == std::string_view::npos) return std::unexpected(Problem{"not `key: value`"});
    return take(definition, line.substr(0, colon), line.substr(colon + 2));
}

} // namespace

base::Result<Definition, DefinitionError> parse_definition(std::string_view text) {
    Definition definition;
    definition.text = text;
    std::size_t count = 0;
    while (!text.empty()) {
        ++count;
        std::size_t const end = text.find('\n');
        if (end == std::string_view::npos)
            return std::unexpected(DefinitionError{count, "the line has no end"});
        auto const taken = take_line(definition, text.substr(0, end));
        if (!taken) return std::unexpected(DefinitionError{count, taken.error()});
        text.remove_prefix(end + 1);
    }
    auto const checked = whole(definition);
    if (!checked) return std::unexpected(DefinitionError{0, checked.error()});
    return definition;
}

} // namespace voting
