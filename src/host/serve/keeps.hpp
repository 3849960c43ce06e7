#pragma once

// All Keeps of this host: started for customers within their quota, watched, ended, forgotten.

#include "host/serve/journal.hpp"
#include "host/serve/keep.hpp"
#include "net/server/metrics.hpp"
#include "package/customers.hpp"

#include <map>
#include <memory>

namespace host::serve {

struct KeepSettings {
    std::string program = {}; // that is called as `enarx keep`
    std::string folder = {};  // of the sockets; nobody else may look into it
    std::string blobs = {};   // where Keeps find packages
    std::vector<std::string> backends =
        {}; // that customers may have; the first where they do not say
    std::vector<std::string> snp_words = {}; // options of `enarx keep` for every SEV-SNP Keep
    std::uint32_t most = 256;                // Keeps at once
    std::uint64_t memory = 0;                // of all of them, in bytes; 0: whatever there is
    std::chrono::milliseconds to_start{30'000};
    std::chrono::milliseconds to_claim{60'000};
    std::chrono::milliseconds to_end{5'000}; // before it is killed
    std::size_t messages = 256 << 10;        // of one Keep that are logged, in bytes
};

inline constexpr std::uint64_t usual_memory = std::uint64_t{1} << 30;

class Keeps {
public:
    using Started = std::function<void(os::OrFailure<Keep const*>)>;
    using Channel = std::function<void(os::OrFailure<os::Fd>)>;

    Keeps(
        net::server::Loop& loop,
        KeepSettings settings,
        Journal const& journal,
        net::server::Metrics& metrics
    );
    // Kills what still lives.
    ~Keeps();
    Keeps(Keeps const&) = delete;
    Keeps& operator=(Keeps const&) = delete;

    // `started` hears of it when the Keep takes channels.
    void create(package::Customer const& customer, KeepWish wish, Started started);
    // Null also for another customer's.
    Keep const* find(package::Customer const& customer, std::string_view id) const;
    std::vector<Keep const*> all_of(package::Customer const& customer) const; // oldest first
    // `done`: the Keep has ended. One that had ended already is forgotten. False: there is none.
    bool remove(package::Customer const& customer, std::string_view id, std::function<void()> done);
    // A connection to where the Keep is provisioned.
    void open_channel(std::string const& id, Channel channel);

    // As long as what it answers lives, and a while after it, this customer's Keeps wait for it: it
    // brings their package.
    std::shared_ptr<void> busy(package::Customer const& customer);

    void end_all(); // SIGTERM now, SIGKILL where that does not help
    std::size_t live() const;

private:
    os::OrFailure<void> check(package::Customer const& customer, KeepWish const& wish) const;
    os::OrFailure<void> check_places(package::Customer const& customer, KeepWish const& wish) const;
    os::OrFailure<Keep*> launch(package::Customer const& customer, KeepWish wish);
    std::vector<std::string> words_for(Keep const& keep) const;

    void end_if_unclaimed(std::string const& id);
    void has_begun(Keep& keep);
    void try_channel(std::string const& id, int tries_left, Channel channel);
    void read_messages(Keep& keep);
    void take_line(Keep& keep);
    void has_ended(Keep& keep);
    void end(Keep& keep, std::string why);
    void forget_old();
    void count();
    Keep* find(std::string const& id);

    net::server::Loop* loop_;
    KeepSettings settings_;
    Journal const* journal_;
    net::server::Metrics* metrics_;
    std::map<std::string, std::unique_ptr<Keep>, std::less<>> keeps_;
    struct Work {
        unsigned now = 0;
        std::chrono::steady_clock::time_point last;
    };
    std::map<std::string, Work, std::less<>> busy_;             // by customer
    std::shared_ptr<bool> here_ = std::make_shared<bool>(true); // timers find out that it is not
};

} // namespace host::serve
