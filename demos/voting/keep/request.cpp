#include "voting/keep/request.hpp"

#include "base/result.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace voting {

namespace {

constexpr std::string_view line_end = "\r\n";

std::string_view take_line(std::string_view& head) {
    std::size_t const end = head.find(line_end);
    std::string_view const line = head.substr(0, end);
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + line_end.size());
    return line;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

struct Fields {
    std::optional<std::size_t> length;
    bool keep_alive = true;
};

base::Result<void, BadRequest> take_length(Fields& fields, std::string_view value) {
    std::size_t length = 0;
    auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    bool const whole = error == std::errc{} && end == value.data() + value.size();
    if (!whole || fields.length) return std::unexpected(BadRequest{400});
    if (length > most_body) return std::unexpected(BadRequest{413});
    fields.length = length;
    return {};
}

base::Result<void, BadRequest> take_field(Fields& fields, std::string_view line) {
    std::size_t const colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) return std::unexpected(BadRequest{400});
    std::string_view const name = line.substr(0, colon);
    std::string_view const value = trimmed(line.substr(colon + 1));
    if (name.find_first_of(" \t") != std::string_view::npos)
        return std::unexpected(BadRequest{400});
    if (same_word(name, "content-length")) return take_length(fields, value);
    if (same_word(name, "transfer-encoding")) return std::unexpected(BadRequest{501});
    if (same_word(name, "connection") && same_word(value, "close")) fields.keep_alive = false;
    return {};
}

base::Result<Request, BadRequest> take_first_line(std::string_view line) {
    std::size_t const first = line.find(' ');
    std::size_t const second = line.find(' ', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos)
        return std::unexpected(BadRequest{400});
    std::string_view const target = line.substr(first + 1, second - first - 1);
    std::string_view const version = line.substr(second + 1);
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return std::unexpected(BadRequest{505});
    if (!target.starts_with('/')) return std::unexpected(BadRequest{400});
    std::size_t const mark = target.find('?');
    return Request{
        .method = line.substr(0, first),
        .path = target.substr(0, mark),
        .query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1),
        .body = {},
        .keep_alive = version == "HTTP/1.1",
    };
}

base::Result<Request, BadRequest> parse_head(std::string_view head, std::size_t& length) {
    Request request = TRY(take_first_line(take_line(head)));
    Fields fields;
    while (!head.empty()) TRY(take_field(fields, take_line(head)));
    request.keep_alive = request.keep_alive && fields.keep_alive;
    length = fields.length.value_or(0);
    return request;
}

} // namespace

std::variant<Request, Incomplete, BadRequest> parse_request(std::string_view received) {
    std::size_t const end = received.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        if (received.size() > most_head) return BadRequest{431};
        return Incomplete{};
    }
    if (end > most_head) return BadRequest{431};
    std::size_t length = 0;
    auto request = parse_head(received.substr(0, end), length);
    if (!request) return request.error();
    request->size = end + 4 + length;
    if (received.size() < request->size) return Incomplete{};
    request->body = received.substr(end + 4, length);
    return *request;
}

} // namespace voting
