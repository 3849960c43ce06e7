#pragma once

// Serves whoever comes to a Keep while its application runs: its tenant, with standard streams and
// commands, and strangers, with evidence of what it runs.
//
// A thread of its own listens to them all, so that they need not wait for the application. What the
// application writes goes out at once by its own thread; where the tenant reads slowly it waits,
// and where there is no tenant it does not: what was written last is kept for him.

#include "keep/exec/provision/output.hpp"
#include "keep/exec/provision/provision.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace exec::provision {

class Desk {
public:
    // `stop`: ends this process as by that signal, since the tenant wants it; called on the desk's
    // thread when the tenant was told.
    static os::OrFailure<std::unique_ptr<Desk>>
    open(Reception reception, ReadyVisit visit, std::function<void(int)> stop);
    // Of a Keep that nobody sat beside when it was granted: its tenant may come to the reception,
    // and where there is none, nobody ever comes.
    static os::OrFailure<std::unique_ptr<Desk>>
    open(std::optional<Reception> reception, Ready ready, std::function<void(int)> stop);
    Desk(Desk const&) = delete;
    Desk& operator=(Desk const&) = delete;
    ~Desk() = default; // never while there is a process: its thread uses it

    // Which others may answer from, too, each on its own thread: nothing of it ever changes.
    std::shared_ptr<Ready const> const& ready() const { return ready_; }

    // ---- the application's side ----

    // It is about to begin, and what it listens at is open: now its tenant is told so.
    void run();
    void write(std::uint8_t stream, base::View bytes);
    // Of standard input. 0: its end. Again: nothing has come, and waiting is not wanted.
    base::Result<std::size_t> read(std::span<std::byte> out, bool nonblocking, bool peek);
    std::size_t readable_bytes();
    bool readable();                                  // bytes, or the end
    int bell() const { return input_bell_.number(); } // can be read while readable()
    // The last word to the tenant, who is waited for for a while if there is none, or if it was cut
    // off before it has said that it knows.
    void end(int status, std::string_view failure);

private:
    Desk(
        std::optional<Reception> reception,
        Ready ready,
        std::optional<Visitor> tenant,
        std::function<void(int)> stop
    )
        : reception_{std::move(reception)},
          ready_{std::make_shared<Ready const>(std::move(ready))},
          stop_{std::move(stop)},
          tenant_{std::move(tenant)},
          input_ended_{!reception_} {}

    struct Guest {
        Visitor visitor;
        Clock::time_point deadline;
        bool over = false;
    };

    os::OrFailure<void> begin();
    void say_running();
    void attend(); // the thread
    std::vector<pollfd> waits(Clock::time_point& until);
    void hear_tenant();
    void hear(Guest& guest);
    void take(protocol::provision::Frame const& frame);
    bool comes_back(Guest& guest, protocol::provision::Frame const& frame);
    void attach(Guest& guest, std::uint64_t number);
    void lose_tenant();
    void say_ended(int status, std::string_view failure);
    bool deliver(std::uint8_t stream, base::View bytes);
    void add_input(base::View bytes);
    static void ring(os::Fd const& bell);
    static void silence(os::Fd const& bell);

    std::optional<Reception> reception_;
    std::shared_ptr<Ready const> ready_;
    std::function<void(int)> stop_;
    Visitor::Answerer answer_;
    os::Fd input_bell_;
    os::Fd desk_bell_;             // rung for the thread
    std::mutex mutex_;             // of all that follows
    std::condition_variable room_; // the tenant has read, or is gone
    std::condition_variable came_; // input, or a tenant
    std::optional<Visitor> tenant_;
    std::list<Guest> guests_;
    Output output_{std::size_t{1} << 20};
    std::deque<std::byte> input_;
    std::uint64_t input_had_ = 0; // of the tenant's, whatever was read of it; the end is one more
    bool input_ended_ = false;
    bool running_ = false;     // the tenant was told
    bool end_told_ = false;    // to this tenant
    bool tenant_left_ = false; // the last one has ended its connection itself
    std::thread thread_;
};

} // namespace exec::provision
