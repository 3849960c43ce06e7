#include "host/serve/keeps.hpp"
#include "os/socket.hpp"
#include "os/temporary_directory.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace {

using namespace host::serve;
using namespace std::chrono_literals;

// Stands in for `enarx keep`: the name of the backend says what it does.
constexpr std::string_view stand_in = R"(#!/usr/bin/env python3
import os, signal, socket, sys, time
words = dict(zip(sys.argv[2::2], sys.argv[3::2]))
what = words["--backend"]
print("I am", what, *sys.argv[1:], flush=True)
if what == "fails":
    print("enarx: error: there is no such thing (backend-unavailable)\n  hint: none", flush=True)
    sys.exit(3)
if what == "silent":
    time.sleep(600)
if what == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0: time.sleep(600)
if what == "loud":
    for n in range(1000): print("x" * 100, flush=True)
door = socket.socket(socket.AF_UNIX)
door.bind(words["--channel"])
if what == "slow": time.sleep(0.2)
door.listen(0 if what == "deaf" else 128)
if what == "stillborn":
    print("enarx: error: the machine has stopped", flush=True)
    sys.exit(125)
print("enarx: an empty Keep waits for its tenant", flush=True)
if what == "deaf": time.sleep(600)
while True:
    channel, _ = door.accept()
    if what != "ungranted": print("enarx: the Keep has its tenant", flush=True)
    try: channel.sendall(b"keep")
    except OSError: pass
    if what == "once": sys.exit(7)
)";

class KeepsTest : public testing::Test {
protected:
    os::TemporaryDirectory folder;
    std::unique_ptr<net::server::Loop> loop = *net::server::Loop::create();
    net::server::Metrics metrics;
    os::Fd log{::open((folder.path() + "/log").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)};
    Journal journal{base::LogFormat::Text, log.number()};
    std::optional<Keeps> keeps;
    package::Customer alice{
        .name = "alice", .keeps = 2, .memory = 4 << 20, .ports = {{8000, 8999}}, .connect = {"a:1"}
    };
    package::Customer bob{.name = "bob"};

    void start(KeepSettings settings = {}) {
        auto const program = folder.path() + "/stand-in";
        std::ofstream{program} << stand_in;
        ::chmod(program.c_str(), 0700);
        std::filesystem::create_directory(folder.path() + "/keeps");
        settings.program = program;
        settings.folder = folder.path() + "/keeps";
        settings.blobs = folder.path();
        settings.backends = {
            "good",
            "fails",
            "silent",
            "stubborn",
            "loud",
            "slow",
            "once",
            "stillborn",
            "ungranted",
            "deaf",
            "snp"
        };
        keeps.emplace(*loop, settings, journal, metrics);
    }

    // Lets the loop go on until the condition holds.
    void until(std::function<bool()> const& holds, std::chrono::seconds patience = 20s) {
        auto const end = std::chrono::steady_clock::now() + patience;
        std::function<void()> const look = [&] {
            if (holds() || std::chrono::steady_clock::now() > end) return loop->stop();
            loop->after(5ms, look);
        };
        look();
        ASSERT_TRUE(loop->run());
        ASSERT_TRUE(holds());
    }

    os::OrFailure<Keep const*> create(package::Customer const& customer, KeepWish wish) {
        std::optional<os::OrFailure<Keep const*>> heard;
        if (wish.memory == 0) wish.memory = 1 << 20;
        keeps->create(customer, std::move(wish), [&](auto const& started) { heard = started; });
        until([&] { return heard.has_value(); });
        return *heard;
    }
    std::string refusal(package::Customer const& customer, KeepWish wish) {
        auto const made = create(customer, std::move(wish));
        return made ? "started" : std::string{made.error().name};
    }
    os::OrFailure<os::Fd> channel(std::string const& id) {
        std::optional<os::OrFailure<os::Fd>> heard;
        keeps->open_channel(id, [&](os::OrFailure<os::Fd> socket) { heard = std::move(socket); });
        until([&] { return heard.has_value(); });
        return std::move(*heard);
    }
    std::string logged() const {
        std::string text(1 << 20, ' ');
        auto const got = ::pread(log.number(), text.data(), text.size(), 0);
        return text.substr(0, static_cast<std::size_t>(got));
    }
    static bool alive(pid_t process) { return ::kill(process, 0) == 0; }
    bool no_sockets() const { return std::filesystem::is_empty(folder.path() + "/keeps"); }
};

TEST_F(KeepsTest, starts_one_and_opens_a_channel) {
    start();
    auto const made = create(alice, {.listen = {{"::1", "8443"}}, .connect = {{"a", "1"}}});
    ASSERT_TRUE(made) << made.error().text;
    EXPECT_EQ((*made)->state, KeepState::Running);
    EXPECT_EQ((*made)->wish.backend, "good");
    auto const socket = channel((*made)->id);
    ASSERT_TRUE(socket) << socket.error().text;
    std::array<char, 8> text{};
    ssize_t got = 0;
    until([&] {
        if (got <= 0) got = ::recv(socket->number(), text.data(), text.size(), MSG_DONTWAIT);
        return got == 4;
    });
    EXPECT_STREQ(text.data(), "keep");
    EXPECT_THAT(
        logged(),
        testing::HasSubstr(
            "--max-memory 1048576 --whole-memory 538968064 --listen [::1]:8443 --connect a:1"
        )
    );
}

TEST_F(KeepsTest, gives_the_options_of_snp_keeps_to_such_and_no_other) {
    start({.snp_words = {"--vcpus=3"}});
    ASSERT_TRUE(create(alice, {.backend = "good"}));
    EXPECT_THAT(logged(), testing::Not(testing::HasSubstr("--vcpus")));
    ASSERT_TRUE(create(alice, {.backend = "snp"}));
    EXPECT_THAT(logged(), testing::HasSubstr(" --vcpus=3\n"));
}

TEST_F(KeepsTest, waits_for_one_that_binds_before_it_listens) {
    start();
    auto const made = create(alice, {.backend = "slow"});
    ASSERT_TRUE(made);
    EXPECT_TRUE(channel((*made)->id));
}

TEST_F(KeepsTest, says_what_one_said_that_did_not_start) {
    start();
    auto const made = create(alice, {.backend = "fails"});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().name, "keep-failed");
    EXPECT_THAT(made.error().text, testing::HasSubstr("with status 3"));
    EXPECT_THAT(made.error().text, testing::HasSubstr("there is no such thing"));
    EXPECT_EQ(keeps->live(), 0U);
}

TEST_F(KeepsTest, takes_none_for_started_that_fails_behind_its_socket) {
    start();
    auto const made = create(alice, {.backend = "stillborn"});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().name, "keep-failed");
    EXPECT_THAT(made.error().text, testing::HasSubstr("the machine has stopped"));
    EXPECT_TRUE(no_sockets());
}

TEST_F(KeepsTest, says_so_where_there_is_no_program) {
    start();
    std::filesystem::remove(folder.path() + "/stand-in");
    EXPECT_EQ(refusal(alice, {}), "keep-failed");
    EXPECT_TRUE(keeps->all_of(alice).empty());
}

TEST_F(KeepsTest, ends_one_that_never_listens) {
    start({.to_start = 300ms});
    auto const made = create(alice, {.backend = "silent"});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().name, "keep-failed");
    EXPECT_THAT(made.error().text, testing::HasSubstr("did not begin to listen in time"));
    EXPECT_EQ(keeps->live(), 0U);
}

TEST_F(KeepsTest, ends_one_that_nobody_claims) {
    start({.to_claim = 300ms});
    auto const claimed = create(alice, {});
    ASSERT_TRUE(claimed);
    ASSERT_TRUE(channel((*claimed)->id));
    until([&] { return (*claimed)->claimed; });
    auto const made = create(alice, {});
    ASSERT_TRUE(made);
    auto const process = (*made)->child.process;
    until([&] { return !(*made)->live(); });
    EXPECT_EQ((*made)->why, "nobody claimed it in time");
    EXPECT_FALSE(alive(process));
    EXPECT_EQ(keeps->live(), 1U);
}

TEST_F(KeepsTest, ends_one_whose_visitor_went_without_granting_it_anything) {
    start({.to_claim = 300ms});
    auto const made = create(alice, {.backend = "ungranted"});
    ASSERT_TRUE(made);
    auto const before = std::chrono::steady_clock::now();
    until([&] { return std::chrono::steady_clock::now() > before + 200ms; });
    ASSERT_TRUE(channel((*made)->id)); // its time begins anew
    until([&] { return !(*made)->live(); });
    EXPECT_GT(std::chrono::steady_clock::now(), before + 480ms);
    EXPECT_EQ((*made)->why, "nobody claimed it in time");
}

TEST_F(KeepsTest, lets_one_wait_while_its_package_is_brought) {
    start({.to_claim = 200ms});
    auto const made = create(alice, {});
    ASSERT_TRUE(made);
    auto upload = keeps->busy(alice);
    auto const later = std::chrono::steady_clock::now() + 600ms;
    until([&] { return std::chrono::steady_clock::now() > later; });
    EXPECT_TRUE((*made)->live());
    upload.reset();
    until([&] { return !(*made)->live(); });
    EXPECT_EQ((*made)->why, "nobody claimed it in time");
}

TEST_F(KeepsTest, keeps_to_the_quota_of_each_customer) {
    start();
    EXPECT_EQ(refusal(alice, {.memory = 5 << 20}), "quota-exceeded");
    EXPECT_EQ(refusal(alice, {.memory = 3 << 20}), "started");
    EXPECT_EQ(refusal(alice, {.memory = 2 << 20}), "quota-exceeded");
    EXPECT_EQ(refusal(alice, {}), "started");
    EXPECT_EQ(refusal(alice, {}), "quota-exceeded");
    EXPECT_EQ(refusal(bob, {}), "started");
}

TEST_F(KeepsTest, gives_back_what_an_ended_one_had) {
    start();
    alice.keeps = 1;
    auto const made = create(alice, {.backend = "once", .listen = {{"0.0.0.0", "8000"}}});
    ASSERT_TRUE(made);
    EXPECT_EQ(refusal(alice, {}), "quota-exceeded");
    ASSERT_TRUE(channel((*made)->id));
    until([&] { return !(*made)->live(); });
    EXPECT_EQ((*made)->end->number, 7);
    EXPECT_FALSE((*made)->end->by_signal);
    EXPECT_TRUE((*made)->why.empty());
    EXPECT_TRUE(no_sockets());
    EXPECT_EQ(refusal(alice, {.listen = {{"0.0.0.0", "8000"}}}), "started");
}

TEST_F(KeepsTest, know_one_door_however_its_address_is_written) {
    start();
    bob.ports = {{8000, 8999}};
    EXPECT_EQ(refusal(alice, {.listen = {{"::1", "8000"}, {"192.0.2.1", "8001"}}}), "started");
    for (std::string const same : {"::1", "0:0:0:0:0:0:0:1", "0::1", "::", "0:0::0", "0.0.0.0"})
        EXPECT_EQ(refusal(bob, {.listen = {{same, "8000"}}}), "address-in-use") << same;
    EXPECT_EQ(refusal(bob, {.listen = {{"0::0", "8001"}}}), "address-in-use");
    EXPECT_EQ(refusal(bob, {.listen = {{"::2", "8000"}}}), "started");
}

TEST_F(KeepsTest, keeps_to_what_the_host_has) {
    start({.most = 2, .memory = 4 << 20});
    EXPECT_EQ(refusal(bob, {.memory = 5 << 20}), "host-full");
    EXPECT_EQ(refusal(bob, {}), "started");
    EXPECT_EQ(refusal(alice, {}), "started");
    EXPECT_EQ(refusal(bob, {}), "host-full");
}

TEST_F(KeepsTest, refuses_places_that_a_customer_may_not_have) {
    start();
    EXPECT_EQ(refusal(alice, {.listen = {{"0.0.0.0", "443"}}}), "not-permitted");
    EXPECT_EQ(refusal(alice, {.connect = {{"b", "1"}}}), "not-permitted");
    EXPECT_EQ(refusal(bob, {.connect = {{"a", "1"}}}), "not-permitted");
    EXPECT_EQ(refusal(alice, {.backend = "other"}), "backend-unavailable");
    EXPECT_EQ(refusal(alice, {.listen = {{"0.0.0.0", "8000"}}}), "started");
    EXPECT_EQ(refusal(alice, {.listen = {{"127.0.0.1", "8000"}}}), "address-in-use");
    EXPECT_EQ(refusal(alice, {.listen = {{"127.0.0.1", "8001"}}}), "started");
}

TEST_F(KeepsTest, shows_each_customer_its_own) {
    start();
    auto const hers = create(alice, {});
    auto const his = create(bob, {});
    ASSERT_TRUE(hers && his);
    EXPECT_EQ(keeps->find(alice, (*hers)->id), *hers);
    EXPECT_EQ(keeps->find(bob, (*hers)->id), nullptr);
    EXPECT_THAT(keeps->all_of(bob), testing::ElementsAre(*his));
    EXPECT_FALSE(keeps->remove(bob, (*hers)->id, [] {}));
}

TEST_F(KeepsTest, ends_one_that_ignores_sigterm_and_what_it_has_started) {
    start({.to_end = 200ms});
    auto const made = create(alice, {.backend = "stubborn"});
    ASSERT_TRUE(made);
    std::string const id = (*made)->id;
    auto const group = -(*made)->child.process;
    bool done = false;
    EXPECT_TRUE(keeps->remove(alice, id, [&] { done = true; }));
    until([&] { return done; });
    EXPECT_TRUE((*made)->end->by_signal);
    EXPECT_EQ((*made)->end->number, SIGKILL);
    until([&] { return !alive(group); });
    EXPECT_TRUE(no_sockets());
    EXPECT_TRUE(keeps->remove(alice, id, [] {})); // forgets it
    EXPECT_EQ(keeps->find(alice, id), nullptr);
}

TEST_F(KeepsTest, logs_no_more_of_one_than_its_share) {
    start({.messages = 5000});
    auto const made = create(alice, {.backend = "loud"});
    ASSERT_TRUE(made);
    until([&] { return (*made)->messages_size > 90'000; });
    EXPECT_LT(logged().size(), 12'000U);
    EXPECT_THAT(logged(), testing::HasSubstr("says more than is logged"));
}

TEST_F(KeepsTest, kills_what_lives_when_it_goes) {
    start();
    auto const made = create(alice, {.backend = "stubborn"});
    ASSERT_TRUE(made);
    auto const process = (*made)->child.process;
    keeps.reset();
    EXPECT_FALSE(alive(process));
    EXPECT_TRUE(no_sockets());
}

TEST_F(KeepsTest, lets_few_channels_wait_for_one_that_takes_none) {
    start();
    auto const deaf = create(alice, {.backend = "deaf"});
    ASSERT_TRUE(deaf);
    std::map<std::string, int> heard;
    for (int i = 0; i < 200; ++i)
        keeps->open_channel((*deaf)->id, [&heard](os::OrFailure<os::Fd> socket) {
            ++heard[socket ? "open" : std::string{socket.error().name}];
        });
    EXPECT_GT(heard["quota-exceeded"], 130);
    auto const good = create(alice, {.backend = "good"});
    ASSERT_TRUE(good);
    EXPECT_TRUE(channel((*good)->id)) << "another Keep is not concerned";
    until([&] { return heard["keep-failed"] + heard["quota-exceeded"] + heard["open"] == 200; });
    EXPECT_EQ((*deaf)->channels_waiting, 0U);
}

TEST_F(KeepsTest, refuses_a_channel_to_one_that_has_ended) {
    start();
    auto const made = create(alice, {.backend = "once"});
    ASSERT_TRUE(made);
    std::string const id = (*made)->id;
    ASSERT_TRUE(channel(id));
    until([&] { return !(*made)->live(); });
    auto const again = channel(id);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().name, "keep-failed");
}

} // namespace
