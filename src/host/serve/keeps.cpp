#include "host/serve/keeps.hpp"

#include "base/hex.hpp"
#include "os/check.hpp"
#include "os/random.hpp"
#include "os/socket.hpp"
#include "protocol/launch/launch.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace host::serve {

namespace {

using base::Errno;
using base::Level;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto channel_period = 20ms;
constexpr int channel_tries = 100;
constexpr std::size_t most_channels_waiting = 64; // for one Keep
constexpr std::size_t most_ended = 100;           // that are remembered, of each customer

std::unexpected<os::Failure> failed(std::string_view name, std::string text) {
    return std::unexpected(os::Failure{.name = name, .text = std::move(text)});
}

Seconds now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

base::Result<std::string> new_id() {
    std::array<std::byte, 8> bytes{};
    TRY(os::random(bytes));
    return base::hex(bytes);
}

bool is_socket(std::string const& path) {
    struct ::stat status{};
    return ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

base::Result<os::Fd> connect_to(std::string const& path) {
    auto socket =
        TRY(os::check_fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return std::unexpected(Errno::NameTooLong);
    std::memcpy(address.sun_path, path.data(), path.size());
    // Safety: what every address of a socket is handed over as.
    auto const* const any = reinterpret_cast<sockaddr const*>(&address);
    TRY(os::done(::connect(socket.number(), any, sizeof address)));
    return socket;
}

// Beside what its application may have there is the engine, and what its compiler takes for the
// module, which is some three times its size; a module that is made to take more takes this at
// most.
std::uint64_t whole_memory(std::uint64_t of_application) {
    constexpr std::uint64_t for_others = std::uint64_t{512} << 20;
    constexpr std::uint64_t most = std::uint64_t{1} << 62;
    return of_application > most ? most : 2 * of_application + for_others;
}

std::string told(ChildEnd const& end) {
    return (end.by_signal ? "by signal " : "with status ") + std::to_string(end.number);
}

} // namespace

Keeps::Keeps(
    net::server::Loop& loop,
    KeepSettings settings,
    Journal const& journal,
    net::server::Metrics& metrics
)
    : loop_{&loop}, settings_{std::move(settings)}, journal_{&journal}, metrics_{&metrics} {
    metrics.gauge("enarx_serve_keeps", "Keeps that live.");
    metrics.counter("enarx_serve_keeps_started_total", "Keeps that were started.");
    metrics.counter("enarx_serve_keeps_ended_total", "Keeps that have ended, by how.");
    metrics.counter("enarx_serve_keeps_refused_total", "Keeps that were not started, by why.");
    metrics.counter("enarx_serve_channels_total", "Channels that were opened to Keeps.");
    count();
}

Keeps::~Keeps() {
    for (auto& [id, keep] : keeps_) {
        if (!keep->live()) continue;
        send_signal(keep->child, SIGKILL);
        (void)reap(keep->child);
        ::unlink(keep->socket.c_str());
    }
}

Keep* Keeps::find(std::string const& id) {
    auto const found = keeps_.find(id);
    return found == keeps_.end() ? nullptr : found->second.get();
}

Keep const* Keeps::find(package::Customer const& customer, std::string_view id) const {
    auto const found = keeps_.find(id);
    if (found == keeps_.end() || found->second->customer != customer.name) return nullptr;
    return found->second.get();
}

std::vector<Keep const*> Keeps::all_of(package::Customer const& customer) const {
    std::vector<Keep const*> out;
    for (auto const& [id, keep] : keeps_)
        if (keep->customer == customer.name) out.push_back(keep.get());
    std::ranges::sort(out, {}, [](Keep const* keep) { return std::pair{keep->created, keep->id}; });
    return out;
}

std::size_t Keeps::live() const {
    return static_cast<std::size_t>(std::ranges::count_if(keeps_, [](auto const& entry) {
        return entry.second->live();
    }));
}

void Keeps::count() { metrics_->set("enarx_serve_keeps", static_cast<double>(live())); }

// ---- start ----

std::vector<std::string> Keeps::words_for(Keep const& keep) const {
    std::vector<std::string> words{
        "enarx",
        "keep",
        "--backend",
        keep.wish.backend,
        "--channel",
        keep.socket,
        "--blobs",
        settings_.blobs,
        "--max-memory",
        std::to_string(keep.wish.memory),
        "--whole-memory",
        std::to_string(whole_memory(keep.wish.memory)),
    };
    if (keep.wish.backend == "snp")
        words.insert(words.end(), settings_.snp_words.begin(), settings_.snp_words.end());
    for (auto const& place : keep.wish.listen) {
        words.emplace_back("--listen");
        words.push_back(place.text());
    }
    for (auto const& place : keep.wish.connect) {
        words.emplace_back("--connect");
        words.push_back(place.text());
    }
    return words;
}

os::OrFailure<Keep*> Keeps::launch(package::Customer const& customer, KeepWish wish) {
    auto id = new_id();
    if (!id) return failed("launch-failed", "the system gives no random numbers");
    auto made = std::make_unique<Keep>();
    auto& keep = *made;
    keep.id = *id;
    keep.customer = customer.name;
    keep.wish = std::move(wish);
    keep.created = now();
    keep.expires = keep.created + std::chrono::ceil<std::chrono::seconds>(settings_.to_claim);
    keep.socket = settings_.folder + '/' + keep.id;
    auto child = start_child(
        {.program = settings_.program, .words = words_for(keep), .environment = plain_environment()}
    );
    if (!child)
        return failed(
            "keep-failed",
            "the Keep's process cannot be started: " + std::string{os::description(child.error())}
        );
    keep.child = std::move(*child);
    keeps_.emplace(keep.id, std::move(made));
    auto end_watch = loop_->watch(keep.child.watch.number(), EPOLLIN, [this, &keep](std::uint32_t) {
        has_ended(keep);
    });
    auto message_watch =
        loop_->watch(keep.child.messages.number(), EPOLLIN, [this, &keep](std::uint32_t) {
            read_messages(keep);
        });
    if (!end_watch || !message_watch) {
        send_signal(keep.child, SIGKILL);
        (void)reap(keep.child);
        keeps_.erase(*id);
        return failed("launch-failed", "the Keep's process cannot be watched");
    }
    keep.end_watch = std::move(*end_watch);
    keep.message_watch = std::move(*message_watch);
    return &keep;
}

void Keeps::create(package::Customer const& customer, KeepWish wish, Started started) {
    if (wish.backend.empty() && !settings_.backends.empty())
        wish.backend = settings_.backends.front();
    if (wish.memory == 0) wish.memory = std::min(usual_memory, customer.memory);
    auto const refuse = [&](os::Failure const& failure) {
        metrics_->add("enarx_serve_keeps_refused_total", {{"why", failure.name}});
        journal_->note(Level::Warn, "no Keep for customer " + customer.name + ": " + failure.text);
        started(std::unexpected(failure));
    };
    if (auto const checked = check(customer, wish); !checked) return refuse(checked.error());
    auto const launched = launch(customer, std::move(wish));
    if (!launched) return refuse(launched.error());
    auto& keep = **launched;
    keep.at_start.emplace_back([&keep,
                                started = std::move(started)](os::OrFailure<void> const& ready) {
        if (ready) return started(&keep);
        started(std::unexpected(ready.error()));
    });
    metrics_->add("enarx_serve_keeps_started_total");
    count();
    journal_->note(
        Level::Info,
        "Keep " + keep.id + " for customer " + keep.customer + " starts: " + keep.wish.backend +
            ", process " + std::to_string(keep.child.process)
    );
    auto const most = std::chrono::ceil<std::chrono::milliseconds>(settings_.to_start);
    loop_->after(most, [this, id = keep.id, here = std::weak_ptr{here_}] {
        auto* const there = here.expired() ? nullptr : find(id);
        if (there != nullptr && there->state == KeepState::Starting)
            end(*there, "it did not begin to listen in time");
    });
}

std::shared_ptr<void> Keeps::busy(package::Customer const& customer) {
    ++busy_[customer.name].now;
    auto const done = [this, name = customer.name, here = std::weak_ptr{here_}](void*) {
        if (here.expired()) return;
        --busy_[name].now;
        busy_[name].last = Clock::now();
    };
    return {this, done};
}

// Asks again until somebody has, or its time is over.
void Keeps::end_if_unclaimed(std::string const& id) {
    auto* const keep = find(id);
    if (keep == nullptr || keep->claimed || !keep->live()) return;
    auto const now = Clock::now();
    auto const& work = busy_[keep->customer];
    keep->waits_from = std::max(keep->waits_from, work.now > 0 ? now : work.last);
    auto const left =
        std::chrono::ceil<std::chrono::milliseconds>(keep->waits_from + settings_.to_claim - now);
    if (left.count() <= 0) return end(*keep, "nobody claimed it in time");
    loop_->after(left, [this, id, here = std::weak_ptr{here_}] {
        if (!here.expired()) end_if_unclaimed(id);
    });
}

// A socket alone says nothing: it is made before there is a Keep that could fail.
void Keeps::has_begun(Keep& keep) {
    if (keep.state != KeepState::Starting || !is_socket(keep.socket)) return;
    keep.state = KeepState::Running;
    keep.waits_from = Clock::now();
    keep.expires = now() + std::chrono::ceil<std::chrono::seconds>(settings_.to_claim);
    end_if_unclaimed(keep.id);
    for (auto const& hear : std::exchange(keep.at_start, {})) hear({});
}

// ---- channels ----

void Keeps::open_channel(std::string const& id, Channel channel) {
    auto* const keep = find(id);
    if (keep == nullptr) return channel(failed("keep-failed", "the Keep has ended"));
    // Each is looked after again and again: one customer's must not take the time of all.
    if (keep->channels_waiting == most_channels_waiting)
        return channel(
            failed("quota-exceeded", "too many channels wait for this Keep to take them already")
        );
    ++keep->channels_waiting;
    auto const heard = [this, id, channel = std::move(channel), here = std::weak_ptr{here_}](
                           os::OrFailure<os::Fd> socket
                       ) {
        auto* const there = here.expired() ? nullptr : find(id);
        if (there != nullptr) --there->channels_waiting;
        channel(std::move(socket));
    };
    try_channel(id, channel_tries, heard);
}

void Keeps::try_channel(std::string const& id, int tries_left, Channel channel) {
    auto* const keep = find(id);
    if (keep == nullptr || !keep->live())
        return channel(failed("keep-failed", "the Keep has ended"));
    auto socket = connect_to(keep->socket);
    if (socket) {
        // Who has opened it may go without a grant, or die.
        keep->waits_from = Clock::now();
        keep->expires = now() + std::chrono::ceil<std::chrono::seconds>(settings_.to_claim);
        metrics_->add("enarx_serve_channels_total");
        journal_->note(Level::Info, "Keep " + keep->id + ": a channel is opened");
        return channel(std::move(*socket));
    }
    // Between its bind and its listen, or with many that wait.
    auto const why = socket.error();
    bool const soon = why == Errno::ConnRefused || why == Errno::Again || why == Errno::NoEnt;
    if (!soon || tries_left == 0)
        return channel(failed(
            "keep-failed",
            "the Keep takes no channel: " + std::string{os::description(socket.error())}
        ));
    loop_->after(
        channel_period,
        [this, id, tries_left, channel = std::move(channel), here = std::weak_ptr{here_}] {
            if (!here.expired()) return try_channel(id, tries_left - 1, channel);
            channel(failed("keep-failed", "the host is going down"));
        }
    );
}

// ---- end ----

void Keeps::end(Keep& keep, std::string why) {
    if (!keep.live() || !keep.why.empty()) return;
    keep.why = std::move(why);
    send_signal(keep.child, SIGTERM);
    loop_->after(settings_.to_end, [this, id = keep.id, here = std::weak_ptr{here_}] {
        auto* const there = here.expired() ? nullptr : find(id);
        if (there != nullptr && there->live()) send_signal(there->child, SIGKILL);
    });
}

void Keeps::end_all() {
    for (auto const& [id, keep] : keeps_) end(*keep, "the host is going down");
}

void Keeps::has_ended(Keep& keep) {
    auto const end = reap(keep.child);
    if (!end) return;
    read_messages(keep);
    take_line(keep);
    ::unlink(keep.socket.c_str());
    keep.end_watch = {};
    keep.message_watch = {};
    keep.child = {};
    keep.state = KeepState::Ended;
    keep.end = *end;
    keep.ended = now();
    metrics_->add(
        "enarx_serve_keeps_ended_total",
        {{"how",
          !keep.why.empty() ? "host"
          : end->by_signal  ? "signal"
                            : "status"}}
    );
    count();
    journal_->note(
        Level::Info,
        "Keep " + keep.id + " of customer " + keep.customer + " has ended " + told(*end) +
            (keep.why.empty() ? "" : ": " + keep.why)
    );
    os::Failure const failure{
        .name = "keep-failed",
        .text = "the Keep ended " + told(*end) + " before it took a channel" +
                (keep.why.empty() ? "" : ": " + keep.why) +
                (keep.last_line.empty() ? "" : "; it said: " + base::printable(keep.last_line))
    };
    for (auto const& hear : std::exchange(keep.at_start, {})) hear(std::unexpected(failure));
    for (auto const& hear : std::exchange(keep.at_end, {})) hear();
    loop_->post([this, here = std::weak_ptr{here_}] {
        if (!here.expired()) forget_old();
    });
}

bool Keeps::remove(
    package::Customer const& customer, std::string_view id, std::function<void()> done
) {
    auto const found = keeps_.find(id);
    if (found == keeps_.end() || found->second->customer != customer.name) return false;
    auto& keep = *found->second;
    if (!keep.live()) {
        keeps_.erase(found);
        done();
        return true;
    }
    keep.at_end.push_back(std::move(done));
    end(keep, "its customer has ended it");
    return true;
}

void Keeps::forget_old() {
    std::map<std::string, std::vector<Keep const*>> ended;
    for (auto const& [id, keep] : keeps_)
        if (!keep->live()) ended[keep->customer].push_back(keep.get());
    for (auto& [customer, theirs] : ended) {
        std::ranges::sort(theirs, std::ranges::greater{}, &Keep::ended);
        for (std::size_t i = most_ended; i < theirs.size(); ++i)
            keeps_.erase(std::string{theirs[i]->id});
    }
}

} // namespace host::serve
