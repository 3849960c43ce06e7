#include "net/http_client.hpp"

#include "crypto/base64.hpp"

#include <algorithm>

namespace net {

namespace {

constexpr unsigned most_redirections = 5;
constexpr std::size_t piece_size = 256U << 10;
constexpr unsigned moved_permanently = 301;
constexpr unsigned found = 302;
constexpr unsigned see_other = 303;
constexpr unsigned temporary_redirect = 307;
constexpr unsigned permanent_redirect = 308;
constexpr unsigned switching_protocols = 101;

std::unexpected<Trouble> trouble(std::string text) {
    return std::unexpected(Trouble{.text = std::move(text), .again = false});
}

bool redirects(unsigned status) {
    return status == moved_permanently || status == found || status == see_other ||
           status == temporary_redirect || status == permanent_redirect;
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

bool one_line(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

// No name, value or target ends its line: what stands behind would be another header.
bool well_formed(HttpRequest const& request) {
    auto const word = [](std::string_view text) { return !text.contains(' ') && one_line(text); };
    return word(request.method) && word(request.address.prefix + request.target) &&
           std::ranges::all_of(request.headers, [&](auto const& header) {
               return word(header.first) && !header.first.contains(':') && one_line(header.second);
           });
}

bool has(HttpRequest const& request, std::string_view name) {
    return std::ranges::any_of(request.headers, [&](auto const& header) {
        return lower(header.first) == name;
    });
}

// A second time changes nothing more than the first (RFC 9110, 9.2.2).
bool repeatable(std::string const& method) {
    return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE";
}

WebAddress server_of(WebAddress address) {
    address.prefix.clear();
    return address;
}

std::string basic(std::string const& credentials) {
    return "Basic " + crypto::encode_base64(base::view_of(credentials));
}

std::string
head_text(HttpRequest const& request, std::optional<Proxy> const& proxy, bool keep_alive) {
    auto const& address = request.address;
    auto const target = address.prefix + request.target;
    // RFC 9112, 3.2.2: a proxy is told the whole address.
    auto out = request.method + ' ' + (proxy ? server_of(address).text() + target : target) +
               " HTTP/1.1\r\nHost: " + address.authority() + "\r\n";
    auto const add = [&](std::string const& name, std::string const& value) {
        out += name;
        out += ": ";
        out += value;
        out += "\r\n";
    };
    if (!has(request, "user-agent")) add("User-Agent", "enarx");
    if (!has(request, "accept")) add("Accept", "*/*");
    add("Accept-Encoding", "identity");
    if (!has(request, "connection")) add("Connection", keep_alive ? "keep-alive" : "close");
    if (proxy && !proxy->credentials.empty()) add("Proxy-Authorization", basic(proxy->credentials));
    for (auto const& [name, value] : request.headers) add(name, value);
    bool const carries =
        request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (request.body || carries)
        add("Content-Length", std::to_string(request.body ? request.body->size : 0));
    return out + "\r\n";
}

OrTrouble<> ask_proxy(Channel& channel, WebAddress const& address, Proxy const& proxy) {
    auto const to =
        (address.host.contains(':') ? '[' + address.host + ']' : address.host) + ':' + address.port;
    std::string text = "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n";
    if (!proxy.credentials.empty())
        text += "Proxy-Authorization: " + basic(proxy.credentials) + "\r\n";
    TRY(channel.write(text + "\r\n"));
    // As to HEAD: behind a success comes what the server says, and no body.
    auto const read = TRY(read_answer(channel, {}, true, nullptr));
    if (read.answer.success()) return {};
    return trouble(
        "the proxy " + proxy.host + ':' + proxy.port + " answered with status " +
        std::to_string(read.answer.status)
    );
}

// Where the answer to `request` leads, as another request; nothing where it is the answer.
std::optional<HttpRequest>
next_request(HttpRequest const& request, HttpAnswer const& answer, FollowPolicy const& follow) {
    auto const* const location = answer.header("location");
    if (!follow || !redirects(answer.status) || location == nullptr) return {};
    auto const place = resolve(request.address, request.target, *location);
    if (!place || !follow(request.address, place->address)) return {};
    HttpRequest out = request;
    out.address = place->address;
    out.target = place->target;
    bool const as_post =
        answer.status == see_other || (answer.status < see_other && request.method == "POST");
    if (as_post && request.method != "HEAD") {
        out.method = "GET";
        out.body.reset();
    }
    if (!out.address.same_server(request.address))
        std::erase_if(out.headers, [](auto const& header) {
            auto const name = lower(header.first);
            return name == "authorization" || name == "cookie" || name == "proxy-authorization";
        });
    return out;
}

} // namespace

RequestBody RequestBody::of(std::string text) {
    auto const size = text.size();
    return {
        .size = size,
        .read = [text = std::move(text)](std::uint64_t offset, std::span<std::byte> out)
            -> OrTrouble<std::size_t> {
            auto const bytes = base::view_of(text).subspan(offset);
            auto const count = std::min(bytes.size(), out.size());
            std::copy_n(bytes.begin(), count, out.begin());
            return count;
        }
    };
}

std::optional<Place>
resolve(WebAddress const& address, std::string const& target, std::string const& location) {
    auto text = location.substr(0, location.find('#'));
    auto const here = server_of(address);
    if (text.starts_with("//")) text = (here.tls ? "https:" : "http:") + text;
    if (text.starts_with('/')) return Place{.address = here, .target = text};
    if (auto const scheme = text.find("://");
        scheme != std::string::npos && scheme < text.find_first_of("/?")) {
        auto const end = std::min(text.find_first_of("/?", scheme + 3), text.size());
        auto const parsed = WebAddress::parse(text.substr(0, end));
        if (!parsed) return {};
        auto rest = text.substr(end);
        if (!rest.starts_with('/')) rest.insert(0, "/");
        return Place{.address = *parsed, .target = rest};
    }
    auto const path = address.prefix + target;
    auto const without_query = path.substr(0, path.find('?'));
    if (text.starts_with('?')) return Place{.address = here, .target = without_query + text};
    return Place{
        .address = here, .target = without_query.substr(0, without_query.rfind('/') + 1) + text
    };
}

OrTrouble<HttpClient::Kept> HttpClient::open(WebAddress const& address, Deadline deadline) {
    std::optional<Proxy> proxy;
    if (settings_.proxies) {
        auto named = proxy_for(address, *settings_.proxies);
        if (!named) return trouble(named.error());
        proxy = std::move(*named);
    }
    auto patience = settings_.patience;
    auto const left = std::chrono::floor<std::chrono::milliseconds>(deadline - Clock::now());
    patience.connect = std::min(patience.connect, left);
    auto channel = TRY(settings_.dial(
        proxy ? proxy->host : address.host, proxy ? proxy->port : address.port, patience
    ));
    channel.end_by(deadline);
    if (address.tls) {
        if (proxy) TRY(ask_proxy(channel, address, *proxy));
        proxy.reset(); // what follows is the server's alone
        TRY(channel.start_tls(address.host, settings_.tls));
    }
    return Kept{
        .address = server_of(address), .channel = std::move(channel), .proxy = std::move(proxy)
    };
}

// A kept connection on which anything is to be read has ended, or is out of step.
OrTrouble<> HttpClient::reach(WebAddress const& address) {
    auto const deadline = settings_.whole ? Clock::now() + *settings_.whole : Deadline::max();
    if (kept_ && kept_->address.same_server(address)) {
        kept_->channel.end_by(deadline);
        auto const readable = kept_->channel.readable_now();
        if (readable && !*readable) return {};
    }
    kept_.reset();
    kept_.emplace(TRY(open(address, deadline)));
    return {};
}

// False: the server has begun to answer before all was sent.
OrTrouble<bool> HttpClient::send(HttpRequest const& request) {
    auto& channel = kept_->channel;
    TRY(channel.write(head_text(request, kept_->proxy, settings_.keep_alive)));
    if (!request.body) return true;
    std::vector<std::byte> piece(std::min<std::uint64_t>(piece_size, request.body->size));
    for (std::uint64_t at = 0; at < request.body->size;) {
        if (TRY(channel.readable_now())) return false;
        auto const left = std::min<std::uint64_t>(piece.size(), request.body->size - at);
        auto const got = TRY(request.body->read(at, std::span{piece}.first(left)));
        if (got == 0) return trouble("what was to be sent became shorter");
        TRY(channel.write(base::View{piece}.first(got)));
        at += got;
        if (request.body->progress) request.body->progress(at);
    }
    return true;
}

OrTrouble<ReadAnswer> HttpClient::exchange(HttpRequest const& request, BodySink* sink) {
    kept_->used = true;
    auto const sent = send(request);
    if (!sent && !sent.error().again) return std::unexpected(sent.error());
    // A server that has closed its ears may have said why.
    auto const& limits = request.limits ? *request.limits : settings_.limits;
    auto read = read_answer(kept_->channel, limits, request.method == "HEAD", sink);
    if (!read && !sent) return std::unexpected(sent.error());
    if (read && (!sent || !*sent || !settings_.keep_alive)) read->lasts = false;
    return read;
}

OrTrouble<HttpAnswer> HttpClient::ask_once(HttpRequest const& request, BodySink* sink) {
    if (!well_formed(request)) return trouble("a request with a line break or a space in it");
    for (bool first = true;; first = false) {
        TRY(reach(request.address));
        bool const old = kept_->used;
        auto read = exchange(request, sink);
        if (!read || !read->lasts) kept_.reset();
        if (read) return std::move(read->answer);
        // The server may have closed an old connection while this request was on its way.
        bool const dead = read.error().again && old && first;
        if (!dead || sink != nullptr || !repeatable(request.method))
            return std::unexpected(read.error());
    }
}

OrTrouble<HttpAnswer> HttpClient::ask(HttpRequest const& request, BodySink* sink) {
    auto answer = TRY(ask_once(request, sink));
    HttpRequest at = request;
    for (unsigned hop = 0; hop < most_redirections; ++hop) {
        auto next = next_request(at, answer, settings_.follow);
        if (!next) return answer;
        at = *std::move(next);
        answer = TRY(ask_once(at, sink));
    }
    if (next_request(at, answer, settings_.follow)) return trouble("redirected too often");
    return answer;
}

OrTrouble<HttpClient::Upgraded>
HttpClient::upgrade(HttpRequest request, std::string const& protocol) {
    request.headers.emplace_back("Connection", "Upgrade");
    request.headers.emplace_back("Upgrade", protocol);
    if (!well_formed(request)) return trouble("a request with a line break or a space in it");
    kept_.reset();
    TRY(reach(request.address));
    auto read = TRY(exchange(request, nullptr));
    Upgraded out{.answer = std::move(read.answer), .channel = {}};
    auto const* const agreed = out.answer.header("upgrade");
    bool const switched = out.answer.status == switching_protocols;
    if (switched && (agreed == nullptr || lower(*agreed) != lower(protocol))) {
        kept_.reset();
        return trouble("the server changed to another protocol than '" + protocol + "'");
    }
    if (switched) {
        kept_->channel.end_by(Deadline::max());
        out.channel.emplace(std::move(kept_->channel));
    }
    kept_.reset();
    return out;
}

} // namespace net
