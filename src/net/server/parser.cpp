#include "net/server/parser.hpp"

#include <algorithm>
#include <limits>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace net::server {

namespace {

namespace http = boost::beast::http;
using Error = boost::system::error_code;
using boost::beast::string_view;

std::string lower(string_view text) {
    std::string out{text.data(), text.size()};
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

BadRequest refusal(Error const& error) {
    if (error == http::error::header_limit)
        return {
            .status = 431,
            .text = "the header is longer, or has more fields, than this server takes"
        };
    if (error == http::error::body_limit)
        return {.status = 413, .text = "the body is longer than this server takes"};
    return {.status = 400, .text = "this is no request of HTTP/1.1: " + error.message()};
}

} // namespace

struct Parser::Beast final : http::basic_parser<true> {
    Request request;
    std::string target;
    std::vector<std::byte> body;
    std::size_t most_fields = 0;
    std::size_t header_size = 0;

    void take(string_view piece) {
        auto const bytes = base::view_of({piece.data(), piece.size()});
        body.insert(body.end(), bytes.begin(), bytes.end());
    }

    void on_request_impl(
        http::verb /*verb*/, string_view method, string_view what, int /*version*/, Error& /*error*/
    ) override {
        request.method = {method.data(), method.size()};
        target = {what.data(), what.size()};
    }
    void on_response_impl(int, string_view, int, Error&) override {}
    void on_field_impl(
        http::field /*field*/, string_view name, string_view value, Error& error
    ) override {
        if (request.headers.size() == most_fields) error = http::error::header_limit;
        header_size += sizeof(Headers::value_type) + name.size() + value.size();
        request.headers.emplace_back(lower(name), std::string{value.data(), value.size()});
    }
    void on_header_impl(Error&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, Error&) override {}
    std::size_t on_body_impl(string_view piece, Error&) override {
        take(piece);
        return piece.size();
    }
    void on_chunk_header_impl(std::uint64_t, string_view, Error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, Error&) override {
        take(piece);
        return piece.size();
    }
    void on_finish_impl(Error&) override {}
};

Parser::Parser(std::uint32_t header_limit, std::size_t most_fields)
    : beast_{std::make_unique<Beast>()} {
    beast_->most_fields = most_fields;
    beast_->header_limit(header_limit);
    // The route says how much. Not boost::none, which Beast 1.74 takes for less than any length.
    beast_->body_limit(std::numeric_limits<std::uint64_t>::max());
}
Parser::Parser(Parser&&) noexcept = default;
Parser& Parser::operator=(Parser&&) noexcept = default;
Parser::~Parser() = default;

base::Result<std::size_t, BadRequest> Parser::put(base::View bytes) {
    Error error;
    try {
        auto const used = beast_->put(boost::asio::const_buffer{bytes.data(), bytes.size()}, error);
        if (error && error != http::error::need_more) return std::unexpected(refusal(error));
        return used;
    } catch (std::exception const& what) { // Beast throws where memory ends
        return std::unexpected(BadRequest{.status = 503, .text = what.what()});
    }
}

bool Parser::header_done() const { return beast_->is_header_done(); }
bool Parser::done() const { return beast_->is_done(); }
Request& Parser::request() { return beast_->request; }
std::string const& Parser::target() const { return beast_->target; }
base::View Parser::body() const { return beast_->body; }
void Parser::forget_body() { beast_->body.clear(); }
std::size_t Parser::memory() const { return beast_->header_size + beast_->body.size(); }
void Parser::body_limit(std::uint64_t most) { beast_->body_limit(most); }

std::optional<std::uint64_t> Parser::length() const {
    auto const length = beast_->content_length();
    if (!length) return {};
    return *length;
}

bool Parser::body_comes() const {
    return beast_->chunked() || beast_->content_length().value_or(0) != 0;
}
bool Parser::keep_alive() const { return beast_->keep_alive(); }
bool Parser::expects_continue() const {
    return lower(
               {beast_->request.header("expect").data(), beast_->request.header("expect").size()}
           ) == "100-continue";
}
bool Parser::upgrade() const { return beast_->upgrade(); }

} // namespace net::server
