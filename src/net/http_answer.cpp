#include "net/http_answer.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>

namespace net {

namespace {

namespace http = boost::beast::http;
using Error = boost::system::error_code;

constexpr std::size_t piece_size = 64U << 10;
constexpr unsigned switching_protocols = 101;
constexpr unsigned first_final_status = 200;

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

// Where the pieces of a body go.
struct Destination {
    BodySink* sink = nullptr;
    std::size_t most = 0;
    std::vector<std::byte> memory = {};
    std::optional<Trouble> trouble = {}; // of the sink

    bool take(base::View bytes) {
        if (sink != nullptr) {
            auto const taken = sink->piece(bytes);
            if (!taken) trouble = taken.error();
            return taken.has_value();
        }
        memory.insert(memory.end(), bytes.begin(), bytes.end());
        return memory.size() <= most;
    }
};

// A body as Beast's parser hands it on (its concept BodyReader), with the names that it asks for.
// NOLINTBEGIN(readability-identifier-naming)
struct Delivered {
    using value_type = Destination;

    class reader {
    public:
        template <bool is_request, class Fields>
        reader(http::header<is_request, Fields>& /*head*/, value_type& out) : out_{out} {}

        void init(boost::optional<std::uint64_t> const& /*size*/, Error& error) { error = {}; }
        template <class Buffers> std::size_t put(Buffers const& buffers, Error& error) {
            error = {};
            std::size_t total = 0;
            auto const end = boost::asio::buffer_sequence_end(buffers);
            for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at) {
                boost::asio::const_buffer const buffer = *at;
                // Safety: the parser lends so many bytes there.
                base::View const bytes{static_cast<std::byte const*>(buffer.data()), buffer.size()};
                if (!out_.take(bytes)) error = http::error::body_limit;
                total += bytes.size();
            }
            return total;
        }
        void finish(Error& error) { error = {}; }

    private:
        value_type& out_;
    };
};

// NOLINTEND(readability-identifier-naming)

using Parser = http::response_parser<Delivered>;

std::unexpected<Trouble> no_http(Error const& error) {
    bool const cut = error == http::error::partial_message || error == http::error::end_of_stream;
    return std::unexpected(
        Trouble{
            .text = error == http::error::body_limit     ? "an answer longer than the limit"
                    : error == http::error::header_limit ? "headers longer than the limit"
                    : cut ? "an answer that was cut short"
                          : "an answer that is no HTTP: " + error.message(),
            .again = cut
        }
    );
}

HttpHead head_of(Parser const& parser) {
    HttpHead out{.status = parser.get().result_int()};
    for (auto const& field : parser.get())
        out.headers.emplace(
            lower({field.name_string().data(), field.name_string().size()}),
            std::string{field.value().data(), field.value().size()}
        );
    return out;
}

class Reading {
public:
    Reading(Channel& channel, AnswerLimits const& limits, bool to_head, BodySink* sink)
        : channel_{channel}, limits_{limits}, to_head_{to_head}, sink_{sink} {}

    OrTrouble<ReadAnswer> whole() {
        while (true) {
            Parser parser;
            auto head = TRY(take_head(parser));
            bool const interim =
                head.status < first_final_status && head.status != switching_protocols;
            if (interim) continue; // RFC 9110, 15.2: the answer comes behind it
            if (head.status != switching_protocols) TRY(take_body(parser));
            auto& to = parser.get().body();
            ReadAnswer out{.lasts = parser.is_done() && parser.keep_alive() && pending_.empty()};
            static_cast<HttpHead&>(out.answer) = std::move(head);
            out.answer.body = std::move(to.memory);
            if (out.answer.status == switching_protocols) channel_.put_back(pending_);
            return out;
        }
    }

private:
    OrTrouble<HttpHead> take_head(Parser& parser) {
        parser.header_limit(limits_.header);
        parser.body_limit(UINT64_MAX); // until the head is known
        parser.skip(to_head_);
        // Beast counts what it has not taken yet, and takes line by line.
        std::size_t left = limits_.header;
        if (pending_.empty()) TRY(more(parser));
        while (true) {
            Error error;
            auto const offered = std::min(left, pending_.size());
            auto const used =
                parser.put(boost::asio::const_buffer{pending_.data(), offered}, error);
            drop(used);
            left -= used;
            if (error && error != http::error::need_more) return no_http(error);
            if (parser.is_header_done()) break;
            if (pending_.size() >= left) return no_http(http::error::header_limit);
            TRY(more(parser));
        }
        auto head = head_of(parser);
        auto& to = parser.get().body();
        to.most = limits_.in_memory;
        if (sink_ != nullptr && sink_->takes(head)) to.sink = sink_;
        auto const most = to.sink != nullptr ? limits_.sunk : limits_.in_memory;
        auto const declared = parser.content_length();
        if (!to_head_ && declared && *declared > most) return no_http(http::error::body_limit);
        parser.body_limit(most);
        parser.eager(true);
        return head;
    }

    OrTrouble<> take_body(Parser& parser) {
        while (!parser.is_done()) {
            if (pending_.empty() && !TRY(more(parser))) break;
            Error error;
            auto const used =
                parser.put(boost::asio::const_buffer{pending_.data(), pending_.size()}, error);
            drop(used);
            if (auto const& trouble = parser.get().body().trouble) return std::unexpected(*trouble);
            if (error == http::error::need_more) {
                if (!TRY(more(parser))) break;
            } else if (error) {
                return no_http(error);
            }
        }
        if (!parser.is_done()) return no_http(http::error::partial_message);
        return {};
    }

    // False: the connection is at its end, which may be that of the body, too.
    OrTrouble<bool> more(Parser& parser) {
        auto const old = pending_.size();
        pending_.resize(old + piece_size);
        auto const got = channel_.read(std::span{pending_}.subspan(old));
        pending_.resize(old + (got ? *got : 0));
        if (!got) return std::unexpected(got.error());
        if (*got > 0) return true;
        // Beast takes a connection without a byte for an answer with nothing in it.
        if (!parser.is_header_done()) return no_http(http::error::partial_message);
        Error error;
        parser.put_eof(error);
        if (error) return no_http(error);
        if (!parser.is_done()) return no_http(http::error::partial_message);
        return false;
    }

    void drop(std::size_t count) {
        pending_.erase(pending_.begin(), pending_.begin() + std::ptrdiff_t(count));
    }

    Channel& channel_;
    AnswerLimits limits_;
    bool to_head_;
    BodySink* sink_;
    std::vector<std::byte> pending_; // read, and not parsed yet
};

} // namespace

std::string const* HttpHead::header(std::string const& name) const {
    auto const [first, last] = headers.equal_range(name);
    return first == last ? nullptr : &std::prev(last)->second;
}

OrTrouble<ReadAnswer>
read_answer(Channel& channel, AnswerLimits const& limits, bool to_head, BodySink* sink) {
    try {
        return Reading{channel, limits, to_head, sink}.whole();
    } catch (std::exception const& what) { // Beast throws where memory ends
        return std::unexpected(Trouble{.text = what.what(), .again = false});
    }
}

} // namespace net
