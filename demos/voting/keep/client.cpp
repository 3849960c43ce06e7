#include "voting/keep/client.hpp"

#include <cerrno>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace voting {

namespace {

using namespace std::chrono_literals;

constexpr auto patience_with_request =
    10s; // from its first byte to its last, and to take the answer
constexpr auto patience_between = 60s;

} // namespace

Client::Client(Client&& other) noexcept
    : socket_{std::exchange(other.socket_, -1)},
      since_{other.since_},
      in_{std::move(other.in_)},
      out_{std::move(other.out_)},
      sent_{other.sent_},
      last_{other.last_} {}

Client& Client::operator=(Client&& other) noexcept {
    std::swap(socket_, other.socket_);
    since_ = other.since_;
    in_.swap(other.in_);
    out_.swap(other.out_);
    sent_ = other.sent_;
    last_ = other.last_;
    return *this;
}

Client::~Client() {
    if (socket_ >= 0) close(socket_);
}

short Client::wanted() const { return out_.empty() ? POLLRDNORM : POLLWRNORM; }

Time Client::deadline() const {
    return since_ + (idle() ? patience_between : patience_with_request);
}

Client::Step Client::receive() {
    char part[4096];
    ssize_t const got = recv(socket_, part, sizeof part, 0);
    if (got < 0) return errno == EAGAIN ? Step::Wait : Step::Over;
    if (got == 0) return Step::Over;
    in_.append(part, static_cast<std::size_t>(got));
    return Step::Done;
}

Client::Step Client::send() {
    while (sent_ < out_.size()) {
        ssize_t const gone = ::send(socket_, out_.data() + sent_, out_.size() - sent_, 0);
        if (gone < 0) return errno == EAGAIN ? Step::Wait : Step::Over;
        sent_ += static_cast<std::size_t>(gone);
    }
    out_.clear();
    sent_ = 0;
    return last_ ? Step::Over : Step::Done;
}

// Answers one request at a time: the next one waits in `in_` until the answer is out.
bool Client::answer_all(Answers& answers, Time now) {
    while (!in_.empty() && out_.empty()) {
        auto const parsed = parse_request(in_);
        if (std::holds_alternative<Incomplete>(parsed)) return true;
        if (auto const* bad = std::get_if<BadRequest>(&parsed)) {
            last_ = true;
            out_ = http_response(
                {.status = bad->status, .body = "{\"error\":\"bad-request\"}"}, false
            );
            in_.clear();
        } else {
            auto const& request = std::get<Request>(parsed);
            last_ = !request.keep_alive;
            out_ = http_response(answers.to(request), request.keep_alive);
            in_.erase(0, request.size);
        }
        since_ = now;
        if (send() == Step::Over) return false;
    }
    return true;
}

bool Client::proceed(Answers& answers, Time now) {
    if (!out_.empty()) {
        Step const step = send();
        if (step != Step::Done) return step == Step::Wait;
        since_ = now;
        return answer_all(answers, now);
    }
    bool const fresh = in_.empty();
    Step const step = receive();
    if (step != Step::Done) return step == Step::Wait;
    if (fresh) since_ = now;
    return answer_all(answers, now);
}

} // namespace voting
