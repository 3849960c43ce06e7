#include "net/server/loop.hpp"

#include "os/check.hpp"

#include <algorithm>
#include <array>
#include <csignal>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

namespace net::server {

void Mailbox::post(std::function<void()> task) {
    {
        std::scoped_lock const lock{mutex_};
        if (closed_) return;
        tasks_.push_back(std::move(task));
        if (tasks_.size() != 1) return; // it was rung for the first one
    }
    std::uint64_t const one = 1;
    (void)os::retry([&] { return ::write(bell_.number(), &one, sizeof one); });
}

std::vector<std::function<void()>> Mailbox::take() {
    std::uint64_t count = 0;
    (void)os::retry([&] { return ::read(bell_.number(), &count, sizeof count); });
    std::scoped_lock const lock{mutex_};
    return std::exchange(tasks_, {});
}

void Mailbox::close() {
    std::vector<std::function<void()>> dropped;
    std::scoped_lock const lock{mutex_};
    closed_ = true;
    dropped.swap(tasks_);
}

Loop::Watch& Loop::Watch::operator=(Watch&& other) noexcept {
    std::swap(loop_, other.loop_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(id_, other.id_);
    std::swap(events_, other.events_);
    return *this;
}

Loop::Watch::~Watch() {
    if (loop_ == nullptr) return;
    loop_->handlers_.erase(id_);
    ::epoll_ctl(loop_->epoll_.number(), EPOLL_CTL_DEL, descriptor_, nullptr);
}

void Loop::Watch::want(std::uint32_t events) {
    if (loop_ == nullptr || events == events_) return;
    epoll_event event{.events = events, .data = {.u64 = id_}};
    if (::epoll_ctl(loop_->epoll_.number(), EPOLL_CTL_MOD, descriptor_, &event) == 0)
        events_ = events;
}

base::Result<std::unique_ptr<Loop>> Loop::create() {
    auto epoll = TRY(os::check_fd(::epoll_create1(EPOLL_CLOEXEC)));
    auto bell = TRY(os::check_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)));
    std::unique_ptr<Loop> made{
        new Loop{std::move(epoll), std::make_shared<Mailbox>(std::move(bell))}
    };
    made->bell_watch_ =
        TRY(made->watch(made->mailbox_->bell(), EPOLLIN, [loop = made.get()](std::uint32_t) {
            loop->answer_mail();
        }));
    return made;
}

Loop::~Loop() { mailbox_->close(); }

base::Result<Loop::Watch> Loop::watch(int descriptor, std::uint32_t events, Handler handler) {
    auto const id = ++last_id_;
    epoll_event event{.events = events, .data = {.u64 = id}};
    TRY(os::done(::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor, &event)));
    handlers_.emplace(id, std::make_shared<Handler>(std::move(handler)));
    return Watch{this, descriptor, id, events};
}

base::Result<void>
Loop::take_signals(std::span<int const> signals, std::function<void(int)> handler) {
    sigset_t set{};
    sigemptyset(&set);
    for (int const signal : signals) sigaddset(&set, signal);
    if (int const error = ::pthread_sigmask(SIG_BLOCK, &set, nullptr); error != 0)
        return std::unexpected(base::Errno{error});
    signals_ = TRY(os::check_fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)));
    auto const read = [this, handler = std::move(handler)](std::uint32_t) {
        signalfd_siginfo information{};
        while (::read(signals_.number(), &information, sizeof information) > 0)
            handler(static_cast<int>(information.ssi_signo));
    };
    signal_watch_ = TRY(watch(signals_.number(), EPOLLIN, read));
    return {};
}

void Loop::every(std::chrono::milliseconds period, std::function<void()> task) {
    timers_.push_back(
        std::make_unique<Timer>(Timer{period, Clock::now() + period, std::move(task)})
    );
}

void Loop::after(std::chrono::milliseconds time, std::function<void()> task) {
    timers_.push_back(std::make_unique<Timer>(Timer{{}, Clock::now() + time, std::move(task)}));
}

int Loop::patience_ms() const {
    if (timers_.empty()) return -1;
    auto const first = std::ranges::min_element(timers_, {}, [](auto const& t) { return t->next; });
    auto const left = std::chrono::ceil<std::chrono::milliseconds>((*first)->next - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

void Loop::tick() {
    auto const now = Clock::now();
    std::vector<std::function<void()>> due; // they may add others
    for (auto const& timer : timers_) {
        if (now < timer->next) continue;
        due.push_back(timer->task);
        if (timer->period)
            timer->next = now + *timer->period;
        else
            timer->task = nullptr;
    }
    std::erase_if(timers_, [](auto const& timer) { return !timer->task; });
    for (auto const& task : due) task();
}

void Loop::answer_mail() {
    for (auto const& task : mailbox_->take()) task();
}

base::Result<void> Loop::run() {
    std::array<epoll_event, 128> events{};
    stopped_ = false;
    while (!stopped_) {
        int const ready =
            ::epoll_wait(epoll_.number(), events.data(), events.size(), patience_ms());
        if (ready < 0 && os::last_error() != base::Errno::Intr)
            return std::unexpected(os::last_error());
        for (int i = 0; i < ready; ++i) {
            auto const& event = events.at(static_cast<std::size_t>(i));
            auto const found = handlers_.find(event.data.u64);
            if (found == handlers_.end()) continue; // ended by one before it
            auto const handler = found->second;     // it may end itself
            (*handler)(event.events);
        }
        tick();
    }
    return {};
}

void Loop::stop() {
    post([this] { stopped_ = true; });
}

} // namespace net::server
