#include "host/vmm/keep.hpp"

#include "host/vmm/backend/kvm/virtual_machine.hpp"
#include "host/vmm/late_sender.hpp"
#include "host/vmm/parking.hpp"
#include "host/vmm/poller.hpp"
#include "host/vmm/server/refusal.hpp"
#include "os/thread.hpp"
#include "protocol/hostcall/call.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>
#include <future>
#include <optional>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <pthread.h>

namespace host::vmm {

namespace launch = protocol::launch;
using protocol::hostcall::Call;
using protocol::hostcall::Header;
using protocol::hostcall::Turn;

namespace {

constexpr std::chrono::milliseconds kick_interval{1};

// Interrupts KVM_RUN and blocking calls, and does nothing else. No user sends it by accident.
int kick_signal() { return SIGRTMAX; }

void prepare_kicks() {
    struct sigaction action{};
    action.sa_handler = [](int) {};
    ::sigaction(kick_signal(), &action, nullptr);
}

KeepEnd end_of(Request const& request) {
    KeepEnd end{
        .status = static_cast<std::uint8_t>(request.value(0)),
        .signal = static_cast<std::uint8_t>(request.value(1))
    };
    end.out_of_memory =
        end.status == protocol::hostcall::out_of_memory_status && end.signal == SIGKILL;
    return end;
}

os::Failure broken(std::string text) { return {.name = "keep-broken", .text = std::move(text)}; }

} // namespace

struct Keep::State {
    struct Cpu {
        std::optional<kvm::Vcpu> vcpu;
        Parking parking;
        std::span<std::byte> block;
        std::thread thread;
        pthread_t native{};
        std::atomic<bool> finished = false;
        std::atomic<bool> kicked = false; // since the vCPU was last run
        std::mutex serving;               // held while a call of this vCPU is carried out
        Poller::Clock::time_point answered;

        // Safety: the block is block_size bytes of the Keep's memory, page-aligned; each word is
        // read or written whole and once.
        Header volatile& words() const { return *reinterpret_cast<Header volatile*>(block.data()); }
        bool asks() const {
            return __atomic_load_n(&words().turn, __ATOMIC_ACQUIRE) ==
                   static_cast<std::uint64_t>(Turn::Host);
        }
        // Whether it asks for that. A guess: nothing is checked.
        bool asks_for(Call call) const {
            return words().number == static_cast<std::uint64_t>(call);
        }
    };

    State(
        std::unique_ptr<kvm::VirtualMachine> made,
        unsigned most,
        Server& files,
        std::function<void(std::string_view)> sink
    )
        : machine{std::move(made)},
          server{files},
          log{std::move(sink)},
          max_cpus{std::clamp(most, 1U, most_threads)},
          cpus(max_cpus) {}

    void run_cpu(unsigned index);
    void answer_doorbell(unsigned index);
    bool look();
    bool look_for_late();
    void announce(bool polled);
    using Waiting = Server::Waiting;
    bool serve(unsigned index, Waiting waiting);
    base::Result<std::uint64_t> answer_whole(Request const& request, unsigned index);
    base::Result<std::uint64_t> answer(Request const& request, unsigned index);
    base::Result<std::uint64_t> spawn(Request const& request);
    void kick(Request const& request);
    void finish(os::OrFailure<KeepEnd> with);
    void join();
    static void kick_until_finished(Cpu const& cpu);

    std::unique_ptr<kvm::VirtualMachine> machine;
    Server& server;
    std::function<void(std::string_view)> log;
    unsigned const max_cpus;
    std::vector<Cpu> cpus;
    std::mutex mutex; // of what follows, and of the machine's slots
    unsigned cpu_count = 0;
    std::optional<os::OrFailure<KeepEnd>> end;
    std::atomic<bool> ended = false;
    std::atomic<std::uint64_t> exits = 0;
    std::atomic<unsigned> polled_cpus = 0;  // vCPUs whose blocks are ready to be looked at
    std::atomic<bool> late_traffic = false; // late sends since the last look
    LateSender late_sender{
        [this] { return look_for_late(); }, [this](bool on) { server.batch().announce(on); }
    };
    Poller poller{[this] { return look(); }, [this](bool polled) { announce(polled); }};
};

void Keep::State::finish(os::OrFailure<KeepEnd> with) {
    std::scoped_lock const lock{mutex};
    if (end) return;
    end = std::move(with);
    ended = true;
    server.batch().stop();
    for (unsigned i = 0; i < cpu_count; ++i) {
        if (cpus[i].vcpu) cpus[i].vcpu->interrupt();
        cpus[i].parking.close();
        if (cpus[i].native != pthread_t{} && !pthread_equal(cpus[i].native, pthread_self()))
            ::pthread_kill(cpus[i].native, kick_signal());
    }
}

void Keep::State::run_cpu(unsigned index) {
    auto& cpu = cpus[index];
    for (;;) {
        // Whoever interrupts says before what for.
        cpu.vcpu->go_on();
        if (ended) return;
        if (cpu.kicked.exchange(false)) cpu.vcpu->kick();
        switch (cpu.vcpu->run()) {
        case kvm::Vcpu::Exit::Doorbell:
            exits.fetch_add(1, std::memory_order_relaxed);
            answer_doorbell(index);
            break;
        case kvm::Vcpu::Exit::Interrupted:
            break;
        case kvm::Vcpu::Exit::Other:
            finish(std::unexpected(machine->why_it_stopped(*cpu.vcpu)));
            break;
        }
    }
}

void Keep::State::answer_doorbell(unsigned index) {
    auto& cpu = cpus[index];
    Poller::Doorbell const doorbell{
        .answered = cpu.answered,
        .rung = Poller::Clock::now(),
        .avoidable =
            !cpu.asks_for(Call::Park) && !cpu.asks_for(Call::Poll) && !cpu.asks_for(Call::EpollWait)
    };
    {
        // The poller may have been faster, or be at it.
        std::scoped_lock const lock{cpu.serving};
        if (cpu.asks()) serve(index, Waiting::Allowed);
    }
    poller.note(doorbell);
    cpu.answered = Poller::Clock::now();
}

bool Keep::State::look() {
    bool served = false;
    for (unsigned i = 0; i < polled_cpus && !ended; ++i) {
        auto& cpu = cpus[i];
        if (!cpu.asks() || cpu.asks_for(Call::Park) || cpu.asks_for(Call::EpollWait)) continue;
        std::unique_lock const lock{cpu.serving, std::try_to_lock};
        if (lock && cpu.asks() && serve(i, Waiting::Never)) served = true;
    }
    return served;
}

bool Keep::State::look_for_late() {
    // Who serves a call of this vCPU has flushed first.
    if (std::unique_lock const lock{cpus[0].serving, std::try_to_lock}; lock && !ended)
        return server.batch().flush() || late_traffic.exchange(false);
    return late_traffic.exchange(false);
}

void Keep::State::announce(bool polled) {
    for (unsigned i = 0; i < polled_cpus; ++i) cpus[i].words().polled = polled ? 1 : 0;
}

// False: there is no answer yet, and the vCPU rings if it gets none soon.
bool Keep::State::serve(unsigned index, Waiting waiting) {
    auto& words = cpus[index].words();
    // Before handles are closed, and before what the call itself sends.
    if (index == 0 && server.batch().flush()) late_traffic = true;
    auto const request = Request::fetch(cpus[index].block, server.handles());
    bool const looks = waiting == Waiting::Never && request && request->call() == Call::Poll;
    bool const waits =
        request && (request->call() == Call::Park || request->call() == Call::EpollWait);
    if (waiting == Waiting::Never && waits) return false;
    auto const result = !request ? std::unexpected(request.error())
                        : looks  ? server.poll(*request, Server::Waiting::Never)
                                 : answer_whole(*request, index);
    if (looks && !result && result.error() == base::Errno::Again) return false;
    if (index == 0 && result && request->call() == Call::SendTo &&
        server.batch().tell_room(request->file(0)))
        late_sender.want();
    words.answer =
        result ? static_cast<std::int64_t>(*result) : -static_cast<std::int64_t>(result.error());
    __atomic_store_n(&words.turn, static_cast<std::uint64_t>(Turn::Keep), __ATOMIC_RELEASE);
    return true;
}

// A signal of this process is none of the program's: a kick for a vCPU that is in a host call by
// now, or whatever somebody has sent.
base::Result<std::uint64_t> Keep::State::answer_whole(Request const& request, unsigned index) {
    for (;;) {
        auto const result = answer(request, index);
        if (result || result.error() != base::Errno::Intr || ended) return result;
    }
}

base::Result<std::uint64_t> Keep::State::answer(Request const& request, unsigned index) {
    switch (request.call()) {
    case Call::Exit:
        if (auto refused = refusal(request))
            finish(std::unexpected(*std::move(refused)));
        else
            finish(end_of(request));
        return 0;
    case Call::Spawn:
        return spawn(request);
    case Call::Park:
        cpus[index].parking.park(request.value(0));
        return 0;
    case Call::Unpark:
        if (request.value(0) >= max_cpus) return std::unexpected(base::Errno::Inval);
        cpus[request.value(0)].parking.unpark();
        return 0;
    case Call::Kick:
        kick(request);
        return 0;
    case Call::Grow: {
        std::scoped_lock const lock{mutex};
        return machine->grow(request.value(0));
    }
    case Call::Discard: {
        std::scoped_lock const lock{mutex};
        TRY(machine->discard(request.value(0), request.value(1)));
        return 0;
    }
    case Call::Log: {
        auto const text = request.buffer(0);
        log({reinterpret_cast<char const*>(text.data()), text.size()});
        return 0;
    }
    default:
        return server.serve(request);
    }
}

base::Result<std::uint64_t> Keep::State::spawn(Request const& request) {
    std::scoped_lock const lock{mutex};
    auto const index = request.value(0);
    if (index >= max_cpus || cpus[index].vcpu || ended) return std::unexpected(base::Errno::Again);
    auto& cpu = cpus[index];
    cpu.block = TRY(machine->memory(request.value(2), protocol::hostcall::block_size));
    // The thread first: a vCPU that was made once cannot be made again where the host allows no
    // more threads for the moment.
    std::promise<bool> made;
    auto thread = TRY(os::start_thread([this, index, begins = made.get_future()]() mutable {
        if (!begins.get()) return;
        run_cpu(static_cast<unsigned>(index));
        cpus[index].finished = true;
        // The first vCPU ends the process.
        kick_until_finished(cpus[0]);
    }));
    auto vcpu = machine->begin_cpu(static_cast<unsigned>(index), request.value(1));
    if (!vcpu) {
        made.set_value(false);
        thread.join();
        return std::unexpected(vcpu.error());
    }
    cpu.vcpu.emplace(*std::move(vcpu));
    cpu_count = std::max(cpu_count, static_cast<unsigned>(index) + 1);
    if (polled_cpus == index) ++polled_cpus; // a gap, if there ever is one, stays with doorbells
    cpu.thread = std::move(thread);
    cpu.native = cpu.thread.native_handle();
    made.set_value(true);
    return 0;
}

void Keep::State::kick(Request const& request) {
    std::scoped_lock const lock{mutex}; // of the threads
    for (unsigned i = 0; i < cpu_count; ++i) {
        if ((request.value(i / 64) >> i % 64 & 1) == 0 || !cpus[i].vcpu) continue;
        cpus[i].kicked = true;
        cpus[i].vcpu->interrupt();
        if (cpus[i].native != pthread_t{}) ::pthread_kill(cpus[i].native, kick_signal());
    }
}

// A kick can come just before a call blocks, so it is repeated until the thread has ended.
void Keep::State::kick_until_finished(Cpu const& cpu) {
    while (!cpu.finished) {
        ::pthread_kill(cpu.native, kick_signal());
        std::this_thread::sleep_for(kick_interval);
    }
}

void Keep::State::join() {
    if (poller.started()) ::pthread_kill(poller.thread(), kick_signal());
    for (unsigned i = 1; i < cpu_count; ++i) {
        if (!cpus[i].thread.joinable()) continue;
        kick_until_finished(cpus[i]);
        cpus[i].thread.join();
    }
}

Keep::Keep(std::unique_ptr<State> state) : state_{std::move(state)} {}
Keep::Keep(Keep&&) noexcept = default;
Keep& Keep::operator=(Keep&&) noexcept = default;
Keep::~Keep() {
    if (!state_) return;
    state_->finish(KeepEnd{});
    state_->late_sender.stop();
    state_->join();
    state_->server.batch().flush(); // of a Keep that was stopped
}

os::OrFailure<Keep> Keep::create(
    std::unique_ptr<kvm::VirtualMachine> machine,
    Plan const& plan,
    Server& server,
    std::function<void(std::string_view)> log
) {
    auto state =
        std::make_unique<State>(std::move(machine), plan.max_cpus(), server, std::move(log));
    auto const prepare = [&]() -> base::Result<void> {
        auto const& made = state->machine;
        auto& first = state->cpus[0];
        first.block = TRY(made->memory(launch::block_address, protocol::hostcall::block_size));
        server.batch().attach(
            TRY(made->memory(launch::batch_address, protocol::hostcall::batch_size)), first.block
        );
        first.vcpu.emplace(TRY(made->begin_cpu(0, 0)));
        state->cpu_count = 1;
        state->polled_cpus = 1;
        return made->calibrate(plan, *first.vcpu);
    };
    if (auto const prepared = prepare(); !prepared)
        return std::unexpected(broken(
            fmt::format("the first vCPU: {}", std::strerror(static_cast<int>(prepared.error())))
        ));
    return Keep{std::move(state)};
}

os::OrFailure<KeepEnd> Keep::run() {
    prepare_kicks();
    state_->cpus[0].native = ::pthread_self();
    state_->run_cpu(0);
    state_->cpus[0].finished = true;
    std::scoped_lock const lock{state_->mutex};
    return *state_->end;
}

void Keep::stop(KeepEnd end) { state_->finish(end); }
KeepCosts Keep::costs() const { return {.exits = state_->exits}; }
std::span<unsigned long const> Keep::requests() const { return state_->machine->requests(); }

} // namespace host::vmm
