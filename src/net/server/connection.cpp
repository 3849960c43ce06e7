#include "net/server/connection.hpp"

#include <sys/epoll.h>

namespace net::server {

namespace {

// How much one connection may have done before the others get their turn.
constexpr int turns = 16;
constexpr std::size_t piece = 16 << 10;

} // namespace

Connection::Connection(
    std::weak_ptr<Surroundings> around,
    std::uint64_t id,
    os::Fd socket,
    crypto::TlsContext const* tls
)
    : owner_{std::move(around)},
      around_{owner_.lock().get()},
      id_{id},
      transport_{std::move(socket), tls, around_->wire},
      since_{Clock::now()} {
    last_until(around_->limits.request);
}

Connection::~Connection() { let_go(); }

base::Result<void> Connection::start() {
    watch_ =
        TRY(around_->loop->watch(transport_.descriptor(), EPOLLIN, [this](std::uint32_t events) {
            // Nobody hears an answer any more; the other states find out by themselves.
            if ((events & (EPOLLERR | EPOLLHUP)) != 0 && state_ == State::Answering) return over();
            step();
        }));
    return {};
}

std::optional<os::SocketAddress> Connection::address() const {
    auto const found = os::SocketAddress::of_peer(transport_.descriptor());
    if (!found) return {};
    return *found;
}

void Connection::over() {
    if (state_ == State::Over) return;
    state_ = State::Over;
    let_go();
    watch_ = {};
    far_watch_ = {};
    auto const found = around_->connections.find(id_);
    if (found == around_->connections.end()) return;
    around_->ended.push_back(std::move(found->second));
    around_->connections.erase(found);
    if (around_->ended.size() != 1) return;
    around_->loop->post([around = owner_] {
        if (auto const here = around.lock()) here->ended.clear();
    });
}

void Connection::step() {
    bool again = true;
    for (int turn = 0; turn < turns && again; ++turn) {
        again = state_ == State::Receiving && receive();
        if (state_ == State::Sending) again = send();
        if (state_ == State::Draining) drain();
        if (state_ == State::Tunnelling) pump();
        if (state_ == State::Over) return;
    }
    watch_.want(wanted());
    if (again) step_later();
}

// What was decrypted already rings no bell.
void Connection::step_later() {
    around_->loop->post([around = owner_, id = id_] {
        auto const here = around.lock();
        if (!here) return;
        auto const found = here->connections.find(id);
        if (found != here->connections.end()) found->second->step();
    });
}

std::uint32_t Connection::wanted() const {
    std::uint32_t events = 0;
    if (state_ == State::Receiving || state_ == State::Draining) events |= EPOLLIN;
    if (state_ == State::Tunnelling && pump_->reads_near()) events |= EPOLLIN;
    if (state_ == State::Sending || transport_.waiting() != 0) events |= EPOLLOUT;
    return events;
}

void Connection::expire(Clock::time_point now) {
    if (!deadline_ || now < *deadline_) return;
    deadline_.reset();
    bool const begun = parser_.has_value() && transport_.ready();
    if (state_ != State::Receiving || !begun) {
        around_->figures.too_slow += state_ != State::Draining && !transport_.ready() ? 1 : 0;
        return over();
    }
    ++around_->figures.too_slow;
    bad({.status = 408, .text = "the request did not come in time"});
    step();
}

void Connection::no_more_requests() {
    bool const begun = parser_.has_value();
    if (state_ == State::Receiving && !begun) return over();
    closing_ = true;
}

void Connection::forget_request() {
    let_go();
    sink_.reset();
    parser_.reset();
    route_ = nullptr;
}

Answer Connection::answer() {
    auto mailbox = around_->loop->mailbox();
    return Answer{[mailbox = std::move(mailbox), around = owner_, id = id_](Response response) {
        auto const carried = std::make_shared<Response>(std::move(response));
        mailbox->post([around, id, carried] {
            auto const here = around.lock();
            if (!here) return;
            auto const found = here->connections.find(id);
            if (found == here->connections.end()) return;
            found->second->respond(std::move(*carried));
            found->second->step();
        });
    }};
}

// ---- a request comes ----

// True: there may be more without waiting.
bool Connection::receive() {
    if (!input_.empty()) {
        auto const bytes = std::exchange(input_, {});
        auto const used = consume(bytes);
        input_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(used), bytes.end());
    }
    for (int turn = 0; turn < turns && state_ == State::Receiving; ++turn) {
        auto const got = transport_.read(std::span{around_->text}.first(piece));
        if (!got && got.error() == base::Errno::Again) {
            transport_.shed();
            return false;
        }
        if (!got || *got == 0) {
            over();
            return false;
        }
        base::View bytes = std::span{around_->text}.first(*got);
        std::vector<std::byte> joined;
        if (!input_.empty()) {
            joined = std::exchange(input_, {});
            joined.insert(joined.end(), bytes.begin(), bytes.end());
            bytes = joined;
        }
        auto const used = consume(bytes);
        auto const rest = bytes.subspan(used);
        input_.assign(rest.begin(), rest.end());
        hold();
        // What stands between pieces of a body, and behind the last one, ends as a header does.
        if (state_ == State::Receiving && input_.size() > around_->limits.header) {
            input_.clear();
            bad(
                {.status = 431,
                 .text = "a piece's header or trailer is longer than this server takes"}
            );
        }
    }
    return state_ == State::Receiving;
}

std::size_t Connection::consume(base::View bytes) {
    std::size_t used = 0;
    while (state_ == State::Receiving && used < bytes.size()) {
        if (!parser_) {
            parser_.emplace(around_->limits.header, around_->limits.fields);
            since_ = Clock::now();
            progress_ = 0;
            last_until(around_->limits.request);
        }
        auto const took = parser_->put(bytes.subspan(used));
        if (!took) {
            bad(took.error());
            return bytes.size();
        }
        used += *took;
        if (parser_->header_done() && route_ == nullptr && !open_route()) return bytes.size();
        if (parser_->header_done()) take_body();
        if (state_ != State::Receiving) return bytes.size();
        if (parser_->done())
            finish_request();
        else if (*took == 0)
            break;
    }
    return used;
}

// False: the request was refused.
bool Connection::open_route() {
    auto& request = parser_->request();
    head_only_ = request.method == "HEAD";
    keep_alive_ = parser_->keep_alive();
    auto const give_up = [this](Response response) {
        refuse(std::move(response));
        return false;
    };
    if (!set_target(request, parser_->target())) {
        bad({.status = 400, .text = "the target of the request is no path"});
        return false;
    }
    auto found = around_->router.find(request);
    if (!found) return give_up(std::move(found).error());
    route_ = *found;
    if (route_->guard) {
        auto refusal = route_->guard(request, *this);
        if (refusal) return give_up(*std::move(refusal));
    }
    if (parser_->length().value_or(0) > route_->body) {
        bad({.status = 413, .text = "the body is longer than this path takes"});
        return false;
    }
    parser_->body_limit(route_->body);
    if (auto const* open = std::get_if<OpenSink>(&route_->handler)) {
        auto sink = (*open)(request, *this, parser_->length());
        if (!sink) return give_up(std::move(sink).error());
        sink_ = *std::move(sink);
    }
    if (parser_->expects_continue() && parser_->body_comes()) {
        (void)transport_.write(base::view_of("HTTP/1.1 100 Continue\r\n\r\n"));
        (void)transport_.flush();
    }
    return true;
}

void Connection::take_body() {
    auto const bytes = parser_->body();
    if (sink_) {
        if (bytes.empty()) return;
        progress_ += bytes.size();
        auto refusal = sink_->write(bytes);
        parser_->forget_body();
        if (refusal) return refuse(*std::move(refusal));
        if (progress_ < around_->limits.progress) return;
        progress_ = 0;
        since_ = Clock::now(); // those who say nothing go before it
        return last_until(around_->limits.stall);
    }
}

// Where all hold too much together, those go that have been at it longest: who sends his request in
// one piece is not kept from an answer by those who never end theirs.
void Connection::hold() {
    if (state_ != State::Receiving) return;
    auto const now = input_.size() + (parser_ ? parser_->memory() : 0);
    around_->held += now - held_;
    held_ = now;
    while (around_->held > around_->limits.memory && around_->push_out_holders(*this)) {
    }
    if (around_->held > around_->limits.memory)
        refuse(problem(503, "host-full", "too many requests are coming in at once"));
}

void Connection::finish_request() {
    Request request = std::move(parser_->request());
    if (!sink_) request.body.assign(parser_->body().begin(), parser_->body().end());
    deadline_.reset();
    state_ = State::Answering;
    hand_over(std::move(request));
}

void Connection::hand_over(Request request) {
    auto const* const route = route_;
    auto const sink = std::move(sink_);
    forget_request();
    if (sink) return sink->end(answer());
    if (auto const* later = std::get_if<Later>(&route->handler))
        return (*later)(std::move(request), *this, answer());
    if (auto const* at_once = std::get_if<AtOnce>(&route->handler))
        respond((*at_once)(request, *this));
}

void Connection::bad(BadRequest const& what) {
    refuse(problem(what.status, "request-invalid", what.text));
}

void Connection::refuse(Response response) {
    forget_request();
    response.close = true;
    respond(std::move(response));
}

} // namespace net::server
