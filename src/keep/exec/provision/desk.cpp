#include "keep/exec/provision/desk.hpp"

#include "os/check.hpp"
#include "os/socket.hpp"

#include <algorithm>
#include <csignal>
#include <ranges>

#include <sys/eventfd.h>
#include <unistd.h>

namespace exec::provision {

namespace wire = protocol::provision;
using base::Errno;
using wire::FrameType;

namespace {

constexpr std::size_t most_guests = 16;
constexpr std::chrono::seconds guest_time{10};
constexpr std::chrono::seconds farewell{30};
constexpr std::size_t most_input = std::size_t{1} << 20;
// What the application has written and the tenant has not taken, before the application waits.
constexpr std::size_t most_unsent = std::size_t{256} << 10;
constexpr std::size_t largest_piece = std::size_t{64} << 10;

std::uint64_t number_of(base::View bytes) {
    std::uint64_t out = 0;
    for (auto const byte : bytes) out = out << 8 | std::to_integer<std::uint64_t>(byte);
    return out;
}

base::Bytes<8> big_endian(std::uint64_t number) {
    base::Bytes<8> out{};
    for (auto& byte : out | std::views::reverse) {
        byte = std::byte(number);
        number >>= 8U;
    }
    return out;
}

} // namespace

void Desk::ring(os::Fd const& bell) {
    std::uint64_t const one = 1;
    (void)!(::write(bell.number(), &one, sizeof one) < 0);
}

void Desk::silence(os::Fd const& bell) {
    std::uint64_t count = 0;
    // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection): a bell never blocks
    (void)!(::read(bell.number(), &count, sizeof count) < 0);
}

os::OrFailure<std::unique_ptr<Desk>>
Desk::open(Reception reception, ReadyVisit visit, std::function<void(int)> stop) {
    std::unique_ptr<Desk> desk{new Desk{
        std::move(reception), std::move(visit.ready), std::move(visit.grantor), std::move(stop)
    }};
    TRY(desk->begin());
    return desk;
}

os::OrFailure<std::unique_ptr<Desk>>
Desk::open(std::optional<Reception> reception, Ready ready, std::function<void(int)> stop) {
    std::unique_ptr<Desk> desk{
        new Desk{std::move(reception), std::move(ready), std::nullopt, std::move(stop)}
    };
    TRY(desk->begin());
    return desk;
}

os::OrFailure<void> Desk::begin() {
    answer_ = [&ready = ready_](crypto::BoundChannel const& channel, crypto::hpke::Suite) {
        return ready->answer(channel);
    };
    // Rung from the beginning where nobody ever brings input: that has ended.
    input_bell_ = os::Fd{::eventfd(input_ended_ ? 1 : 0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (reception_) desk_bell_ = os::Fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!input_bell_ || (reception_ && !desk_bell_))
        return std::unexpected(
            os::Failure{
                .name = "channel-broken",
                .text = "no event: " + std::string{os::description(os::last_error())}
            }
        );
    if (!reception_) return {}; // nobody to attend to
    ring(desk_bell_);           // what the tenant has sent since the start may be here already
    thread_ = std::thread{[this] { attend(); }};
    return {};
}

// ---- the application's side ----

bool Desk::deliver(std::uint8_t stream, base::View bytes) {
    return tenant_ &&
           tenant_->say(
               FrameType::Stream, wire::encode(wire::Stream{.number = stream, .bytes = bytes})
           );
}

void Desk::run() {
    std::scoped_lock const lock{mutex_};
    say_running();
}

void Desk::say_running() {
    if (std::exchange(running_, true) || !tenant_) return;
    (void)tenant_->say(
        FrameType::Status,
        wire::encode(wire::Status{.state = wire::State::Running, .exit = {}, .failure = {}})
    );
}

void Desk::write(std::uint8_t stream, base::View bytes) {
    std::unique_lock lock{mutex_};
    say_running();
    while (!bytes.empty()) {
        auto const piece = bytes.first(std::min(bytes.size(), largest_piece));
        bytes = bytes.subspan(piece.size());
        output_.add(stream, piece);
        if (tenant_ && !deliver(stream, piece)) lose_tenant();
        if (tenant_ && tenant_->unsent_bytes() > 0) ring(desk_bell_);
        room_.wait(lock, [&] { return !tenant_ || tenant_->unsent_bytes() < most_unsent; });
    }
}

base::Result<std::size_t> Desk::read(std::span<std::byte> out, bool nonblocking, bool peek) {
    std::unique_lock lock{mutex_};
    if (nonblocking && input_.empty() && !input_ended_) return std::unexpected(Errno::Again);
    came_.wait(lock, [&] { return !input_.empty() || input_ended_; });
    auto const count = std::min(out.size(), input_.size());
    std::copy_n(input_.begin(), count, out.begin());
    if (peek) return count;
    bool const was_full = input_.size() >= most_input;
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(count));
    if (input_.empty() && !input_ended_) silence(input_bell_);
    if (was_full) ring(desk_bell_);
    return count;
}

std::size_t Desk::readable_bytes() {
    std::scoped_lock const lock{mutex_};
    return input_.size();
}

bool Desk::readable() {
    std::scoped_lock const lock{mutex_};
    return !input_.empty() || input_ended_;
}

void Desk::end(int status, std::string_view failure) {
    if (!reception_) return;
    std::unique_lock lock{mutex_};
    say_running(); // what has ended has run
    auto const deadline = Clock::now() + farewell;
    input_ended_ = true; // what comes is dropped, so that what is behind it is heard
    input_.clear();
    // The tenant ends its connection when it has heard; before, whoever cuts it could take away the
    // last bytes and the exit status.
    for (tenant_left_ = false; !tenant_left_ && Clock::now() < deadline;) {
        came_.wait_until(lock, deadline, [&] { return tenant_.has_value(); });
        if (!tenant_) break;
        end_told_ = true;
        say_ended(status, failure);
        ring(desk_bell_);
        came_.wait_until(lock, deadline, [&] { return !tenant_ || !end_told_; });
    }
}

void Desk::say_ended(int status, std::string_view failure) {
    (void)tenant_->say(
        FrameType::Status,
        wire::encode(
            wire::Status{
                .state = wire::State::Ended,
                .exit = static_cast<std::uint8_t>(status),
                .failure = failure
            }
        )
    );
}

// ---- towards visitors ----

void Desk::lose_tenant() {
    tenant_.reset();
    room_.notify_all();
    came_.notify_all();
}

void Desk::add_input(base::View bytes) {
    if (input_ended_) return; // there is nothing behind the end
    if (bytes.empty())
        input_ended_ = true;
    else
        input_.insert(input_.end(), bytes.begin(), bytes.end());
    input_had_ += std::max<std::size_t>(bytes.size(), 1);
    ring(input_bell_);
    came_.notify_all();
}

// A frame of the tenant's.
void Desk::take(wire::Frame const& frame) {
    if (frame.type == FrameType::Stream) {
        auto const stream = wire::decode_stream(frame.body);
        if (stream && stream->number == 0) return add_input(stream->bytes);
    }
    if (frame.type == FrameType::Command) {
        auto const command = wire::decode_command(frame.body);
        if (command && command->code == wire::CommandCode::Stop && command->bytes.size() <= 1) {
            int const given =
                command->bytes.empty() ? SIGTERM : std::to_integer<int>(command->bytes[0]);
            bool const known = given == SIGINT || given == SIGHUP;
            int const signal = known ? given : SIGTERM;
            say_ended(128 + signal, {});
            tenant_->close();
            (void)tenant_->flush(Clock::now() + std::chrono::seconds{1});
            return stop_(signal);
        }
    }
    tenant_->refuse("protocol-version");
    lose_tenant();
}

void Desk::hear_tenant() {
    while (tenant_ && input_.size() < most_input) {
        auto const frame = tenant_->hear(answer_);
        if (!frame) {
            tenant_left_ = frame.error().orderly;
            return lose_tenant();
        }
        if (!*frame) break;
        take(**frame);
    }
    if (tenant_ && !tenant_->push()) lose_tenant();
    if (tenant_ && tenant_->unsent_bytes() < most_unsent) room_.notify_all();
}

void Desk::attach(Guest& guest, std::uint64_t number) {
    guest.over = true;
    if (!is_tenant(guest.visitor, *ready_)) return guest.visitor.refuse("keep-not-empty");
    tenant_.emplace(std::move(guest.visitor));
    end_told_ = false;
    running_ = true; // told below
    // So that its counts and ours go on alike.
    base::Bytes<16> counts{};
    std::ranges::copy(big_endian(number + output_.lost_from(number)), counts.begin());
    std::ranges::copy(big_endian(input_had_), counts.begin() + 8);
    (void)tenant_->say(
        FrameType::Command,
        wire::encode(wire::Command{.code = wire::CommandCode::Attach, .bytes = counts})
    );
    (void)tenant_->say(
        FrameType::Status,
        wire::encode(wire::Status{.state = wire::State::Running, .exit = {}, .failure = {}})
    );
    for (auto const& piece : output_.from(number)) (void)deliver(piece.stream, piece.bytes);
    ring(desk_bell_); // what it has sent since may be here already
    room_.notify_all();
    came_.notify_all();
}

// The tenant on another connection. One who was cut off before it heard that the application runs
// says Start again, and means the same by it.
bool Desk::comes_back(Guest& guest, wire::Frame const& frame) {
    if (frame.type == FrameType::Start && is_tenant(guest.visitor, *ready_)) {
        attach(guest, 0);
        return true;
    }
    if (frame.type != FrameType::Command) return false;
    auto const command = wire::decode_command(frame.body);
    bool const right = command && command->code == wire::CommandCode::Attach &&
                       command->bytes.size() == sizeof(std::uint64_t);
    if (right) attach(guest, number_of(command->bytes));
    return right;
}

void Desk::hear(Guest& guest) {
    auto const frame = guest.visitor.hear(answer_);
    if (!frame) {
        guest.over = true;
        return;
    }
    (void)guest.visitor.push();
    if (!*frame) return;
    if (comes_back(guest, **frame)) return;
    guest.visitor.refuse("protocol-version");
    guest.over = true;
}

// The listener, the bell, the tenant and the guests, in this order.
std::vector<pollfd> Desk::waits(Clock::time_point& until) {
    std::vector<pollfd> out;
    out.push_back({.fd = reception_->listener(), .events = POLLIN, .revents = 0});
    out.push_back({.fd = desk_bell_.number(), .events = POLLIN, .revents = 0});
    pollfd tenant{.fd = -1, .events = 0, .revents = 0};
    if (tenant_) tenant = tenant_->wait_entry();
    if (input_.size() >= most_input) tenant.events = static_cast<short>(tenant.events & ~POLLIN);
    out.push_back(tenant);
    until = Clock::now() + std::chrono::hours{1};
    for (auto const& guest : guests_) {
        out.push_back(guest.visitor.wait_entry());
        until = std::min(until, guest.deadline);
    }
    return out;
}

void Desk::attend() {
    while (true) {
        Clock::time_point until;
        std::vector<pollfd> entries;
        {
            std::scoped_lock const lock{mutex_};
            entries = waits(until);
        }
        auto const left = std::chrono::ceil<os::Milliseconds>(until - Clock::now());
        (void)os::poll(entries, std::max(left, os::Milliseconds{0}));

        std::scoped_lock const lock{mutex_};
        if (entries[1].revents != 0) silence(desk_bell_);
        if (tenant_ && (entries[2].revents != 0 || entries[1].revents != 0)) hear_tenant();
        auto at = entries.begin() + 3;
        for (auto& guest : guests_) {
            if ((at++)->revents != 0) hear(guest);
            if (guest.deadline <= Clock::now()) guest.over = true;
        }
        std::erase_if(guests_, [](Guest const& guest) { return guest.over; });
        if (entries[0].revents == 0) continue;
        if (guests_.size() == most_guests) guests_.pop_front();
        if (auto visitor = reception_->take())
            guests_.push_back(
                {.visitor = std::move(*visitor), .deadline = Clock::now() + guest_time}
            );
    }
}

} // namespace exec::provision
