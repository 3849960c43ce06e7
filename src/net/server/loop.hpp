#pragma once

// One thread that waits for many descriptors (epoll), and is told things by other threads.

#include "base/result.hpp"
#include "os/fd.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace net::server {

// What another thread has for the loop's. It may be used when the loop is gone: nothing happens
// then.
class Mailbox {
public:
    explicit Mailbox(os::Fd bell) : bell_{std::move(bell)} {}

    void post(std::function<void()> task);
    std::vector<std::function<void()>> take();
    void close(); // what is posted from now on is dropped
    int bell() const { return bell_.number(); }

private:
    std::mutex mutex_;
    std::vector<std::function<void()>> tasks_;
    bool closed_ = false;
    os::Fd bell_;
};

class Loop {
public:
    using Handler = std::function<void(std::uint32_t events)>; // EPOLLIN, EPOLLOUT, ...

    // A descriptor that is watched until this goes. It must not be closed before.
    class Watch {
    public:
        Watch() = default;
        Watch(Watch&& other) noexcept { *this = std::move(other); }
        Watch& operator=(Watch&& other) noexcept;
        ~Watch();

        void want(std::uint32_t events);

    private:
        friend class Loop;
        Watch(Loop* loop, int descriptor, std::uint64_t id, std::uint32_t events)
            : loop_{loop}, descriptor_{descriptor}, id_{id}, events_{events} {}

        Loop* loop_ = nullptr;
        int descriptor_ = -1;
        std::uint64_t id_ = 0;
        std::uint32_t events_ = 0;
    };

    static base::Result<std::unique_ptr<Loop>> create();
    Loop(Loop const&) = delete;
    Loop& operator=(Loop const&) = delete;
    ~Loop();

    // Handlers run on the thread of run(). They may end any watch, their own too.
    base::Result<Watch> watch(int descriptor, std::uint32_t events, Handler handler);
    // These signals come here instead of to the process, from now on; call it before there are
    // other threads. Programs that are started have to be given an empty mask of signals again.
    base::Result<void> take_signals(std::span<int const> signals, std::function<void(int)> handler);
    // Called about so often while the loop runs. What the task refers to outlives the loop's run.
    void every(std::chrono::milliseconds period, std::function<void()> task);

    void after(std::chrono::milliseconds time, std::function<void()> task); // once

    void post(std::function<void()> task) { mailbox_->post(std::move(task)); }
    std::shared_ptr<Mailbox> mailbox() const { return mailbox_; }

    // Until stop(), which any thread may call.
    base::Result<void> run();
    void stop();

private:
    using Clock = std::chrono::steady_clock;

    Loop(os::Fd epoll, std::shared_ptr<Mailbox> mailbox)
        : epoll_{std::move(epoll)}, mailbox_{std::move(mailbox)} {}

    struct Timer {
        std::optional<std::chrono::milliseconds> period; // nothing: once
        Clock::time_point next;
        std::function<void()> task;
    };

    void tick();
    int patience_ms() const;
    void answer_mail();

    os::Fd epoll_;
    std::shared_ptr<Mailbox> mailbox_;
    std::unordered_map<std::uint64_t, std::shared_ptr<Handler>> handlers_;
    std::uint64_t last_id_ = 0;
    std::vector<std::unique_ptr<Timer>> timers_;
    os::Fd signals_;
    Watch signal_watch_;
    Watch bell_watch_;
    bool stopped_ = false;
};

} // namespace net::server
