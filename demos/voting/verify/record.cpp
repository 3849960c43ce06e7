#include "voting/verify/record.hpp"

#include "voting/protocol/hex.hpp"

#include <nlohmann/json.hpp>

namespace voting {

namespace {

using Json = nlohmann::json;
template <class T> using Read = base::Result<T, std::string>;

// A value and the name under which an error speaks of it.
struct Node {
    Json const& json;
    std::string name;

    Read<Node> at(char const* key) const {
        auto const found = json.is_object() ? json.find(key) : json.end();
        if (!json.is_object() || found == json.end())
            return std::unexpected(name + "." + key + " is missing");
        return Node{*found, name + "." + key};
    }
};

std::unexpected<std::string> wrong(Node const& node, char const* wanted) {
    return std::unexpected(node.name + " is not " + wanted);
}

template <std::size_t N> Read<base::Bytes<N>> bytes(Node const& node) {
    if (!node.json.is_string()) return wrong(node, "hexadecimal digits");
    auto const read = from_hex<N>(node.json.get_ref<std::string const&>());
    if (!read) return wrong(node, "as many lower-case hexadecimal digits as it takes");
    return *read;
}

Read<std::uint64_t> number(Node const& node) {
    if (!node.json.is_number_unsigned()) return wrong(node, "a whole number");
    return node.json.get<std::uint64_t>();
}

Read<std::uint32_t> choice(Node const& node) {
    std::uint64_t const value = TRY(number(node));
    if (value > 1000) return wrong(node, "the number of a choice");
    return static_cast<std::uint32_t>(value);
}

Read<std::string> text(Node const& node) {
    if (!node.json.is_string()) return wrong(node, "a text");
    return node.json.get<std::string>();
}

template <std::size_t N> Read<base::Bytes<N>> bytes_at(Node const& node, char const* key) {
    Node const found = TRY(node.at(key));
    return bytes<N>(found);
}

Read<std::uint64_t> number_at(Node const& node, char const* key) {
    Node const found = TRY(node.at(key));
    return number(found);
}

Read<std::string> text_at(Node const& node, char const* key) {
    Node const found = TRY(node.at(key));
    return text(found);
}

// Every element of the array `key`, as `read` reads it.
template <class ReadOne>
auto list_at(Node const& node, char const* key, ReadOne read)
    -> Read<std::vector<typename decltype(read(node))::value_type>> {
    Node const list = TRY(node.at(key));
    if (!list.json.is_array()) return wrong(list, "a list");
    std::vector<typename decltype(read(node))::value_type> all;
    for (std::size_t i = 0; i < list.json.size(); ++i) {
        auto element = read(Node{list.json[i], list.name + "[" + std::to_string(i) + "]"});
        all.push_back(TRY(std::move(element)));
    }
    return all;
}

Read<std::vector<std::byte>> any_bytes(Node const& node) {
    std::string const digits = TRY(text(node));
    std::vector<std::byte> all;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        auto const one = from_hex<1>(std::string_view{digits}.substr(i, 2));
        if (!one) return wrong(node, "hexadecimal digits");
        all.push_back((*one)[0]);
    }
    return all;
}

Read<Batch> batch(Node const& node) {
    Batch read;
    read.number = TRY(number_at(node, "number"));
    read.commitments = TRY(list_at(node, "commitments", bytes<32>));
    read.head = TRY(bytes_at<32>(node, "head"));
    read.signature = TRY(bytes_at<64>(node, "signature"));
    return read;
}

Read<Counted> counted(Node const& node) {
    Counted read;
    read.tracker = TRY(bytes_at<32>(node, "tracker"));
    Node const chosen = TRY(node.at("choice"));
    read.choice = TRY(choice(chosen));
    return read;
}

Read<Outcome> outcome(Node const& node) {
    Outcome read;
    read.batches = TRY(number_at(node, "batches"));
    read.head = TRY(bytes_at<32>(node, "head"));
    read.tally = TRY(list_at(node, "tally", number));
    read.ballots = TRY(list_at(node, "ballots", counted));
    read.spent = TRY(list_at(node, "spent", text));
    read.closers = TRY(list_at(node, "closers", text));
    read.signature = TRY(bytes_at<64>(node, "signature"));
    return read;
}

Read<Definition> definition(Node const& node) {
    std::string const words = TRY(text_at(node, "definition"));
    auto parsed = parse_definition(words);
    if (!parsed)
        return std::unexpected(
            node.name + ".definition, line " + std::to_string(parsed.error().line) + ": " +
            std::string{parsed.error().problem}
        );
    return std::move(*parsed);
}

Read<Record> record(Node const& node) {
    Record read;
    Node const election = TRY(node.at("election"));
    read.definition = TRY(definition(election));
    read.id = TRY(bytes_at<32>(election, "id"));
    read.key = TRY(bytes_at<32>(election, "key"));
    read.certificate = TRY(bytes_at<32>(election, "certificate"));
    read.kind = TRY(text_at(election, "kind"));
    Node const evidence = TRY(election.at("evidence"));
    read.evidence = TRY(any_bytes(evidence));
    read.board = TRY(list_at(node, "board", batch));
    Node const result = TRY(node.at("result"));
    if (!result.json.is_null()) read.outcome = TRY(outcome(result));
    return read;
}

Read<Kept> kept(Node const& node) {
    Kept read;
    read.receipt.election = TRY(bytes_at<32>(node, "election"));
    read.receipt.commitment = TRY(bytes_at<32>(node, "commitment"));
    read.receipt.batches = TRY(number_at(node, "batches"));
    read.receipt.head = TRY(bytes_at<32>(node, "head"));
    read.receipt.signature = TRY(bytes_at<64>(node, "signature"));
    if (!node.json.contains("nonce")) return read;
    Node const chosen = TRY(node.at("choice"));
    Kept::Secret secret{};
    secret.nonce = TRY(bytes_at<32>(node, "nonce"));
    secret.choice = TRY(choice(chosen));
    read.secret = secret;
    return read;
}

} // namespace

base::Result<Record, std::string> parse_record(std::string_view json) {
    Json const parsed = Json::parse(json, nullptr, false);
    if (parsed.is_discarded()) return std::unexpected("this is no JSON");
    return record({parsed, "record"});
}

base::Result<Kept, std::string> parse_kept(std::string_view json) {
    Json const parsed = Json::parse(json, nullptr, false);
    if (parsed.is_discarded()) return std::unexpected("this is no JSON");
    return kept({parsed, "receipt"});
}

} // namespace voting
