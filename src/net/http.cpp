#include "net/http.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/vector_body.hpp>

namespace net {

namespace {

namespace http = boost::beast::http;
using Parser = http::response_parser<http::vector_body<unsigned char>>;

constexpr std::size_t piece = 16 << 10;

std::string request_text(WebAddress const& address, std::string const& target) {
    return "GET " + address.prefix + target + " HTTP/1.1\r\nHost: " + address.authority() +
           "\r\nUser-Agent: enarx\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"
           "Connection: close\r\n\r\n";
}

std::unexpected<Trouble> no_http(boost::system::error_code const& error) {
    bool const long_body = error == http::error::body_limit;
    return std::unexpected(
        Trouble{
            .text = long_body                            ? "an answer longer than the limit"
                    : error == http::error::header_limit ? "headers longer than the limit"
                    : error == http::error::partial_message || error == http::error::end_of_stream
                        ? "an answer that was cut short"
                        : "an answer that is no HTTP: " + error.message(),
            .again = error == http::error::partial_message || error == http::error::end_of_stream,
        }
    );
}

// Gives all bytes to the parser, which may stop at the end of the header.
OrTrouble<> feed(Parser& parser, std::span<std::byte const> bytes) {
    while (!bytes.empty() && !parser.is_done()) {
        boost::system::error_code error;
        auto const used = parser.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, error);
        bytes = bytes.subspan(used);
        if (error == http::error::need_more) break;
        if (error) return no_http(error);
    }
    return {};
}

// What a header that is not yet whole has to be given again with.
OrTrouble<> read_answer(Parser& parser, Channel& channel) {
    std::vector<std::byte> pending;
    while (!parser.is_done()) {
        auto const old = pending.size();
        pending.resize(old + piece);
        auto const got = TRY(channel.read(std::span{pending}.subspan(old)));
        pending.resize(old + got);
        boost::system::error_code error;
        if (got == 0) {
            parser.put_eof(error);
            if (error) return no_http(error);
            if (!parser.is_done()) return no_http(http::error::partial_message);
            return {};
        }
        if (parser.is_header_done()) {
            TRY(feed(parser, pending));
            pending.clear();
            continue;
        }
        auto const used =
            parser.put(boost::asio::const_buffer{pending.data(), pending.size()}, error);
        if (error && error != http::error::need_more) return no_http(error);
        pending.erase(pending.begin(), pending.begin() + std::ptrdiff_t(used));
        if (parser.is_header_done()) {
            TRY(feed(parser, pending));
            pending.clear();
        }
    }
    return {};
}

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

} // namespace

std::string const* HttpAnswer::header(std::string const& name) const {
    auto const found = headers.find(name);
    return found == headers.end() ? nullptr : &found->second;
}

OrTrouble<HttpAnswer>
http_get(WebAddress const& address, std::string const& target, HttpLimits const& limits) {
    auto channel = TRY(Channel::open(address, std::chrono::steady_clock::now() + limits.time));
    TRY(channel.write(request_text(address, target)));
    try {
        Parser parser;
        parser.eager(true);
        parser.body_limit(limits.body);
        parser.header_limit(limits.header);
        TRY(read_answer(parser, channel));
        auto const& message = parser.get();
        auto const body = std::as_bytes(std::span{message.body()});
        HttpAnswer out{
            .status = message.result_int(), .body = {body.begin(), body.end()}, .headers = {}
        };
        for (auto const& field : message)
            out.headers.insert_or_assign(
                lower({field.name_string().data(), field.name_string().size()}),
                std::string{field.value().data(), field.value().size()}
            );
        return out;
    } catch (std::exception const& what) { // Beast throws where memory ends
        return std::unexpected(Trouble{.text = what.what(), .again = false});
    }
}

} // namespace net
