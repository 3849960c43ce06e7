#include "base/hex.hpp"
#include "crypto/base64.hpp"
#include "service/api/verify.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace service {

namespace {

using Json = nlohmann::json;
using Bytes = std::vector<std::byte>;

constexpr std::size_t shortest_nonce = 8;
constexpr std::size_t longest_nonce = 64;
constexpr std::size_t most_of_a_list = 64;

std::optional<Bytes> from_base64(Json const& json) {
    if (!json.is_string()) return {};
    return crypto::decode_base64(json.get_ref<std::string const&>());
}

std::optional<Bytes> from_hex(Json const& json) {
    if (!json.is_string()) return {};
    return base::unhex(json.get_ref<std::string const&>());
}

template <class Read> bool read_list(std::vector<Bytes>& out, Json const& json, Read const& read) {
    if (!json.is_array() || json.size() > most_of_a_list) return false;
    for (auto const& each : json) {
        auto bytes = read(each);
        if (!bytes || bytes->empty()) return false;
        out.push_back(*std::move(bytes));
    }
    return true;
}

std::unexpected<std::string> wrong(std::string text) { return std::unexpected(std::move(text)); }

base::Result<protocol::evidence::Digest, std::string>
digest_of(std::string const& name, Json const& value) {
    protocol::evidence::Digest out{};
    auto const bytes = from_hex(value);
    if (!bytes || bytes->size() != out.size())
        return wrong('"' + name + "\" has to be 32 bytes in hexadecimal");
    std::ranges::copy(*bytes, out.begin());
    return out;
}

base::Result<void, std::string> take(VerifyWish& out, std::string const& name, Json const& value) {
    if (name == "evidence") {
        auto bytes = from_base64(value);
        if (!bytes || bytes->empty()) return wrong("\"evidence\" has to be bytes in base64");
        out.evidence = *std::move(bytes);
    } else if (name == "nonce") {
        auto bytes = from_hex(value);
        if (!bytes || bytes->size() < shortest_nonce || bytes->size() > longest_nonce)
            return wrong("\"nonce\" has to be 8 to 64 bytes in hexadecimal");
        out.nonce = *std::move(bytes);
    } else if (name == "workload") {
        out.workload = TRY(digest_of(name, value));
    } else if (name == "configuration") {
        out.configuration = TRY(digest_of(name, value));
    } else if (name == "policy") {
        if (!value.is_string()) return wrong("\"policy\" has to be the name of one");
        out.policy = value.get<std::string>();
    } else if (name == "measurements") {
        if (!read_list(out.measurements, value, from_hex))
            return wrong("\"measurements\" has to be a list of at most 64, in hexadecimal");
    } else if (name == "endorsements") {
        if (!read_list(out.endorsements, value, from_base64))
            return wrong("\"endorsements\" has to be a list of at most 64, in base64");
    } else {
        return wrong(
            "a member is none of \"evidence\", \"nonce\", \"workload\", \"configuration\", "
            "\"policy\", \"measurements\", \"endorsements\""
        );
    }
    return {};
}

// JSON that nests deeper than any wish is refused as it is read.
bool nests_little(int depth, Json::parse_event_t /*event*/, Json& /*parsed*/) { return depth <= 4; }

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

} // namespace

base::Result<VerifyWish, std::string> parse_verify_wish(std::string_view text) {
    auto const json = Json::parse(text, nests_little, false);
    if (!json.is_object()) return wrong("the body is no JSON object");
    VerifyWish out;
    for (auto const& [name, value] : json.items()) TRY(take(out, name, value));
    if (out.evidence.empty()) return wrong("\"evidence\" is missing");
    if (out.nonce.empty()) return wrong("\"nonce\" is missing: evidence could be old");
    return out;
}

base::Result<attest::ReportData, std::string>
wanted_data(VerifyWish const& wish, attest::wrapped::Piece const& piece) {
    auto const& beside = piece.application;
    bool const named = wish.workload || wish.configuration;
    // Whoever asks with report data of his own making has compared all of them.
    bool const whole = beside && base::equal(wish.nonce, attest::report_data_of(*beside)) && !named;
    if (whole || (!beside && !named)) return attest::ReportData::exactly(wish.nonce);
    auto data = attest::wrapped::data_expected(
        attest::ReportData::unbound(),
        {.workload = wish.workload,
         .configuration = wish.configuration,
         .user_data = *protocol::evidence::UserData::of(wish.nonce)},
        piece,
        false
    );
    if (data) return *std::move(data);
    return wrong(
        "evidence of hardware holds one digest of workload, configuration and nonce, and beside "
        "this one nothing says the others: \"workload\" and \"configuration\" have to be given "
        "together"
    );
}

EarForm wanted_form(std::string_view accept) {
    if (trimmed(accept).empty()) return EarForm::Jwt;
    while (!accept.empty()) {
        auto const end = accept.find(',');
        auto const range = accept.substr(0, end);
        accept = end == std::string_view::npos ? std::string_view{} : accept.substr(end + 1);
        auto const type = trimmed(range.substr(0, range.find(';')));
        for (std::string_view const jwt :
             {"application/eat+jwt", "application/jwt", "application/*", "*/*"})
            if (type == jwt) return EarForm::Jwt;
        for (std::string_view const cwt : {"application/eat+cwt", "application/cwt"})
            if (type == cwt) return EarForm::Cwt;
    }
    return EarForm::Neither;
}

} // namespace service
