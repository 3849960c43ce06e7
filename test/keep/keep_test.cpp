// Programs in real Keeps: on this host's KVM, and on QEMU's TCG with the image that a bare-metal
// host gets.

#include "base/test_folders.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

struct Outcome {
    int status = -1;
    std::string output;
};

Outcome run(std::string const& command) {
    Outcome outcome;
    FILE* const pipe = ::popen(("timeout -k 1 120 " + command + " 2>&1 </dev/null").c_str(), "r");
    std::array<char, 4096> part{};
    while (auto const n = std::fread(part.data(), 1, part.size(), pipe))
        outcome.output.append(part.data(), n);
    int const status = ::pclose(pipe);
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

// One way to run a Keep: its driver's command, and why it cannot run here, if so.
struct Way {
    std::string name;
    std::string command;
    std::string missing;
};

std::string const parts = std::string{enarx::test::binary_folder} + "/parts/";
std::string const shims = std::string{enarx::test::binary_folder} + "/libexec/enarx/";

Way kvm() {
    Way way{"kvm", parts + "keep-run --sockets --env=HOME=/home/user ", ""};
    if (::access("/dev/kvm", R_OK | W_OK) != 0) way.missing = "/dev/kvm cannot be opened";
    return way;
}

Way tcg() {
    Way way{"tcg", parts + "keep-tcg --shim=" + shims + "shim-kvm ", ""};
    if (std::system("command -v qemu-system-x86_64 >/dev/null") != 0)
        way.missing = "qemu-system-x86_64 is not installed";
    return way;
}

// The program with each C library. One that was not built fails where it is run.
std::vector<std::string> variants(std::string const& name) {
    static bool const musl = std::system("command -v musl-gcc >/dev/null") == 0;
    auto const path = parts + "keep-program-" + name;
    if (musl) return {path, path + "-musl"};
    fmt::print("SKIP {} with musl: musl-gcc is not installed\n", name);
    return {path};
}

struct KeepTest : testing::TestWithParam<Way> {
    void SetUp() override {
        if (GetParam().missing.empty()) return;
        fmt::print("SKIP {}: {}\n", GetParam().name, GetParam().missing);
        GTEST_SKIP();
    }

    static Outcome program(std::string const& name, std::string const& arguments = "") {
        return run(GetParam().command + parts + "keep-program-" + name + " " + arguments);
    }

    // For TCG, which has one vCPU unless it is told otherwise, and is slow.
    struct OnTcg {
        std::string options;
        std::string arguments;
    };
    static void passes(std::string const& name, OnTcg const& on_tcg = {"", ""}) {
        auto const& [options, arguments] = GetParam().name == "tcg" ? on_tcg : OnTcg{};
        for (auto const& path : variants(name)) {
            auto const outcome = run(GetParam().command + options + path + arguments);
            EXPECT_EQ(outcome.status, 0) << path << ":\n" << outcome.output;
        }
    }

    // What the program expects is what Linux does, where it runs at first.
    static void passes_as_on_linux(std::string const& name) {
        auto const outcome = run(parts + "keep-program-" + name);
        EXPECT_EQ(outcome.status, 0) << name << " on this host:\n" << outcome.output;
        passes(name);
    }
};

TEST_P(KeepTest, a_program_says_hello_and_its_exit_status_is_the_keeps) {
    auto const outcome = program("hello", "world");
    EXPECT_EQ(outcome.status, 42);
    EXPECT_EQ(outcome.output.substr(0, 11), "hello world");
}

TEST_P(KeepTest, memory_behaves_as_linux_documents_it) { passes("memory"); }
TEST_P(KeepTest, faults_become_signals) { passes("signals"); }
TEST_P(KeepTest, event_loops_run) { passes("events"); }
TEST_P(KeepTest, timers_are_read_and_polled) { passes_as_on_linux("timers"); }
TEST_P(KeepTest, signals_are_read_and_polled) { passes_as_on_linux("signal_files"); }
TEST_P(KeepTest, sets_of_descriptors_are_selected) { passes_as_on_linux("selects"); }
TEST_P(KeepTest, registers_are_clean_inside_and_unchanged_outside) { passes("clean_state"); }

TEST_P(KeepTest, sockets_carry_bytes_whole_and_in_order) { passes("sockets"); }

TEST_P(KeepTest, a_program_that_a_signal_ends_has_its_number_in_the_status) {
    EXPECT_EQ(program("signals", "abort").status, 128 + SIGABRT);
    EXPECT_EQ(program("signals", "fault").status, 128 + SIGSEGV);
}

TEST_P(KeepTest, threads_work) { passes("threads", {"--cpus=5 ", " 10"}); }

// TCG's processors remember what they have touched; a KVM that emulates ring 0 must not.
TEST_P(KeepTest, what_one_thread_takes_away_no_other_has) {
    passes("translations", {"--cpus=2 ", ""});
}

TEST_P(KeepTest, a_host_that_forgets_to_kick_a_vcpu_only_delays) {
    if (GetParam().name != "tcg") {
        fmt::print(
            "SKIP lost kicks on {}: this image kicks no vCPU where ring 0 is emulated, and no test "
            "of real KVM loses one\n",
            GetParam().name
        );
        GTEST_SKIP();
    }
    passes("translations", {"--cpus=2 --no-kicks=6 ", ""});
}

TEST_P(KeepTest, files_below_a_folder_and_nothing_else) {
    if (GetParam().name != "kvm") {
        fmt::print("SKIP files on {}: its driver hands in no folders\n", GetParam().name);
        GTEST_SKIP();
    }
    for (auto const& path : variants("files")) {
        std::array<char, 32> folder{"/tmp/keep-files-XXXXXX"};
        ASSERT_NE(::mkdtemp(folder.data()), nullptr);
        auto const outcome = run(GetParam().command + "--dir=" + folder.data() + ":5 " + path);
        EXPECT_EQ(outcome.status, 0) << path << ":\n" << outcome.output;
        std::filesystem::remove_all(folder.data());
    }
}

TEST_P(KeepTest, a_program_cannot_leave_ring_3) {
    if (GetParam().name == "kvm") {
        fmt::print(
            "SKIP escape on {}: where ring 0 is emulated the shim shares the program's ring and "
            "promises nothing\n",
            GetParam().name
        );
        GTEST_SKIP();
    }
    passes("escape");
}

TEST_P(KeepTest, a_file_that_is_no_static_pie_is_refused) {
    auto const outcome = run(GetParam().command + "/bin/sh");
    EXPECT_EQ(outcome.status, 125) << outcome.output; // refused by the driver itself
}

TEST_P(KeepTest, a_program_that_needs_more_than_its_memory_ends_and_leaves_nothing_behind) {
    if (GetParam().name != "kvm") {
        fmt::print("SKIP the end of memory on {}: its driver takes no limit\n", GetParam().name);
        GTEST_SKIP();
    }
    auto const outcome = run(GetParam().command + "--memory=64 " + parts + "keep-program-memory");
    EXPECT_TRUE(outcome.status == 128 + SIGKILL || outcome.status == 1) << outcome.output;
}

TEST_P(KeepTest, clocks_random_numbers_and_arguments_ask_the_host_nothing) {
    auto const outcome = run(GetParam().command + "--costs " + parts + "keep-program-hello world");
    EXPECT_NE(outcome.output.find("exits 2\n"), std::string::npos) << outcome.output; // write, exit
}

INSTANTIATE_TEST_SUITE_P(Ways, KeepTest, testing::Values(kvm(), tcg()), [](auto const& info) {
    return info.param.name;
});

} // namespace
