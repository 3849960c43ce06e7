// One thread follows the store and writes tiles, then the checkpoint that speaks of them.

#include "service/log/log.hpp"

#include "crypto/inclusion_proof.hpp"
#include "os/clock.hpp"
#include "os/thread.hpp"
#include "service/log/files.hpp"
#include "service/log/opening.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace service {

class Log::Publisher {
public:
    Publisher(Store& store, LogSettings settings, crypto::Ed25519SigningKey key)
        : store_{store},
          settings_{std::move(settings)},
          key_{std::move(key)},
          files_{settings_.folder} {}
    Publisher(Publisher const&) = delete;
    Publisher(Publisher&&) = delete;
    Publisher& operator=(Publisher const&) = delete;
    Publisher& operator=(Publisher&&) = delete;
    ~Publisher() {
        {
            std::scoped_lock const lock{mutex_};
            ending_ = true;
        }
        wake_.notify_all();
        if (thread_.joinable()) thread_.join();
    }

    os::OrFailure<void> start();

    std::string checkpoint() const {
        std::scoped_lock const lock{mutex_};
        return checkpoint_;
    }
    crypto::TreeHead head() const {
        std::scoped_lock const lock{mutex_};
        return head_;
    }
    std::vector<Published> recent() const {
        std::scoped_lock const lock{mutex_};
        return {recent_.begin(), recent_.end()};
    }
    std::optional<os::Failure> trouble() const {
        std::scoped_lock const lock{mutex_};
        return trouble_;
    }
    os::OrFailure<Inclusion> inclusion(LeafIndex index, std::chrono::milliseconds patience);
    os::OrFailure<Proof> consistency(std::uint64_t older, std::uint64_t size) const;
    LogFiles const& files() const { return files_; }
    std::string verifier_key() const {
        return crypto::verifier_key(settings_.origin, key_.public_key());
    }

private:
    void work();
    os::OrFailure<void> publish();
    os::OrFailure<void> show(TreeEdge const& edge);
    void remember(crypto::TreeHead const& head); // the mutex is held
    NodeReader nodes(std::uint64_t size) const;

    Store& store_;
    LogSettings settings_;
    crypto::Ed25519SigningKey key_;
    LogFiles files_;
    TreeEdge edge_; // of what is published; the thread's

    mutable std::mutex mutex_;
    mutable std::condition_variable published_;
    std::condition_variable wake_;
    bool ending_ = false;
    bool asked_ = false;      // somebody waits for a leaf that is in the store
    std::uint64_t begun_ = 0; // rounds of the thread
    std::uint64_t done_ = 0;
    crypto::TreeHead head_;
    std::string checkpoint_;
    std::deque<Published> recent_; // the newest first
    std::optional<os::Failure> trouble_;

    std::thread thread_;
};

os::OrFailure<void> Log::Publisher::start() {
    if (!crypto::is_origin(settings_.origin))
        return std::unexpected(
            os::Failure{
                "log-unavailable",
                "'" + settings_.origin + "' is no name of a log: printable, no space, no plus"
            }
        );
    TRY(files_.create());
    LogIdentity const identity{settings_.origin, key_.public_key()};
    auto opened = TRY(open_log(store_, files_, identity, settings_.rebuild));
    head_ = opened.published;
    checkpoint_ = std::move(opened.checkpoint);
    edge_ = std::move(opened.edge);
    if (checkpoint_.empty() || head_.size != edge_.size()) TRY(show(edge_));
    auto started = os::start_thread([this] { work(); });
    if (!started)
        return std::unexpected(
            os::Failure{"log-unavailable", std::string{os::description(started.error())}}
        );
    thread_ = std::move(*started);
    return {};
}

void Log::Publisher::work() {
    for (bool last = false; !last;) {
        {
            std::unique_lock lock{mutex_};
            wake_.wait_for(lock, settings_.interval, [this] { return ending_ || asked_; });
            last = ending_;
            asked_ = false;
            ++begun_;
        }
        auto const outcome = publish();
        std::scoped_lock const lock{mutex_};
        trouble_ = outcome ? std::nullopt : std::optional{outcome.error()};
        done_ = begun_;
        published_.notify_all();
    }
}

// What fails half-way is done again whole: the edge moves on with the checkpoint only.
os::OrFailure<void> Log::Publisher::publish() {
    auto leaves = TRY(next_leaves(store_, edge_.size()));
    if (leaves.empty()) return {};
    auto edge = edge_;
    for (; !leaves.empty(); leaves = TRY(next_leaves(store_, edge.size())))
        for (auto const& leaf : leaves)
            for (auto const& tile : edge.add(leaf.entry)) TRY(files_.write(tile));
    TRY(show(edge));
    edge_ = std::move(edge);
    return {};
}

os::OrFailure<void> Log::Publisher::show(TreeEdge const& edge) {
    for (auto const& tile : edge.partial()) TRY(files_.write(tile));
    auto const head = edge.head();
    auto note = crypto::signed_checkpoint(head, settings_.origin, key_);
    if (!note)
        return std::unexpected(
            os::Failure{"log-unavailable", "no memory to sign the checkpoint with"}
        );
    TRY(files_.write_checkpoint(*note));
    std::scoped_lock const lock{mutex_};
    head_ = head;
    checkpoint_ = std::move(*note);
    remember(head);
    published_.notify_all();
    return {};
}

void Log::Publisher::remember(crypto::TreeHead const& head) {
    constexpr std::size_t kept = 10;
    auto const at = std::chrono::nanoseconds{os::now_ns(os::Clock::Realtime).value_or(0)};
    auto const time = std::chrono::duration_cast<std::chrono::seconds>(at).count();
    recent_.push_front({head, static_cast<std::uint64_t>(time)});
    if (recent_.size() > kept) recent_.pop_back();
}

NodeReader Log::Publisher::nodes(std::uint64_t size) const {
    auto const load = [this](TileName const& name) -> os::OrFailure<Blob> {
        auto bytes = TRY(files_.tile(name));
        if (!bytes) return std::unexpected(os::Failure{"log-damaged", path_of(name) + " is gone"});
        return std::move(*bytes);
    };
    return nodes_in_tiles(load, size);
}

os::OrFailure<Inclusion>
Log::Publisher::inclusion(LeafIndex index, std::chrono::milliseconds patience) {
    Inclusion out;
    std::uint64_t size = 0;
    {
        std::unique_lock lock{mutex_};
        auto const next = begun_ + 1; // the round that is certain to have seen the leaf
        if (head_.size <= index) {
            asked_ = true;
            wake_.notify_all();
        }
        published_.wait_for(lock, patience, [&] {
            return head_.size > index || (done_ >= next && trouble_);
        });
        if (head_.size <= index)
            return std::unexpected(
                os::Failure{
                    "log-unavailable",
                    "leaf " + std::to_string(index) + " is not published yet" +
                        (trouble_ ? ": " + trouble_->text : std::string{})
                }
            );
        out.checkpoint = checkpoint_;
        size = head_.size;
    }
    out.proof = crypto::encode({index, TRY(inclusion_proof(nodes(size), index, size))});
    return out;
}

os::OrFailure<Proof> Log::Publisher::consistency(std::uint64_t older, std::uint64_t size) const {
    auto const published = head().size;
    if (size > published)
        return std::unexpected(
            os::Failure{
                "log-no-such-leaf", "no tree of size " + std::to_string(size) + " is published"
            }
        );
    return consistency_proof(nodes(size), older, size);
}

Log::Log(std::unique_ptr<Publisher> publisher) : publisher_{std::move(publisher)} {}
Log::~Log() = default;

os::OrFailure<std::unique_ptr<Log>>
Log::open(Store& store, LogSettings settings, crypto::Ed25519SigningKey key) {
    auto publisher = std::make_unique<Publisher>(store, std::move(settings), std::move(key));
    TRY(publisher->start());
    return std::unique_ptr<Log>{new Log{std::move(publisher)}};
}

std::string Log::checkpoint() const { return publisher_->checkpoint(); }
crypto::TreeHead Log::head() const { return publisher_->head(); }
std::vector<Published> Log::recent() const { return publisher_->recent(); }
std::optional<os::Failure> Log::trouble() const { return publisher_->trouble(); }
std::string Log::verifier_key() const { return publisher_->verifier_key(); }

os::OrFailure<Inclusion> Log::inclusion(LeafIndex index, std::chrono::milliseconds patience) {
    return publisher_->inclusion(index, patience);
}

os::OrFailure<Proof> Log::consistency(std::uint64_t older, std::uint64_t size) const {
    return publisher_->consistency(older, size);
}

std::optional<Blob> Log::file(std::string_view path) const {
    std::string const name{path};
    if (path != "checkpoint" && !parse_tile_path(path)) return {};
    auto const bytes = publisher_->files().file(name, largest_tile);
    if (!bytes) return {};
    return *bytes;
}

} // namespace service
