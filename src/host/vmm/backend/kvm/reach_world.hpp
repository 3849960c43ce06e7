#pragma once

// What a confined process has, what lies outside of it, and all ways to name one by the other: for
// the test of how far the process of a Keep reaches.

#include "host/vmm/backend/kvm/confinement.hpp"
#include "host/vmm/server/outside.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace host::vmm::reach {

using kvm::Needs;

inline constexpr std::size_t buffer_size = 512;

// What both processes see.
struct Shared {
    std::atomic<unsigned> next = 0; // the attempt that is not made yet
    std::atomic<bool> confined = false;
    std::array<char, 256> found{};
    alignas(8) std::array<std::byte, buffer_size> buffer{};
};

inline Shared& shared_memory() {
    void* const at =
        ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return *new (at) Shared;
}

// The same with what a confined process has, and with a stranger.
struct World : test::Outside {
    PathWords words;
    pid_t stranger = 0;
    Shared& shared = shared_memory();

    World() {
        EXPECT_TRUE(words.prepare());
        EXPECT_EQ(::chdir(outside.c_str()), 0);
        stranger = ::fork();
        if (stranger == 0) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (stranger == 0) ::pause();
    }
    ~World() {
        ::kill(stranger, SIGKILL);
        ::waitpid(stranger, nullptr, 0);
        ::munmap(&shared, sizeof shared);
        static_cast<void>(::chdir("/"));
    }
    World(World const&) = delete;
    World& operator=(World const&) = delete;

    Needs needs() { return {.sockets = true, .folders = folders, .words = &words}; }
    bool stranger_lives() const { return ::waitpid(stranger, nullptr, WNOHANG) == 0; }
};

using Word = long;
inline Word word(void const* at) { return reinterpret_cast<Word>(at); }

// All combinations of what may name something that lies outside, one after the other.
class Attempts {
public:
    explicit Attempts(World& world) {
        free_how_ = {.flags = O_RDWR, .mode = 0, .resolve = 0};
        free_path_how_ = {.flags = O_PATH, .mode = 0, .resolve = 0};
        paths_ = {
            world.outside + "/file",
            world.outside,
            world.outside + "/new",
            "file", // beside which this process was started
            "../outside/file",
            "way/file",
            "way/",
            "way_to_file",
            "/proc/self/mem",
            "new",
        };
        for (auto const& path : paths_) texts_.push_back(word(path.c_str()));
        auto const inside = world.folders[0]->number();
        auto const to_read = world.folders[1]->number();
        Word const buffer = word(world.shared.buffer.data());
        first_ = {AT_FDCWD, inside, to_read, world.stranger, 0, texts_[0], texts_[3]};
        second_ = texts_;
        for (Word const other :
             {Word{0},
              Word{SIGKILL},
              Word{F_SETOWN},
              Word{inside},
              buffer,
              Word{world.stranger},
              word(world.words.empty())})
            second_.push_back(other);
        third_ = {
            0,
            AT_FDCWD,
            inside,
            SIGKILL,
            O_RDWR | O_CREAT,
            word(&free_how_),
            word(&free_path_how_),
            buffer,
            texts_[0],
            texts_[2],
            world.stranger,
            static_cast<Word>(world.words.addresses()[0])
        };
        fourth_ = {0, texts_[2], sizeof free_how_, AT_EMPTY_PATH, AT_REMOVEDIR};
        fifth_ = {0, buffer};
    }

    unsigned count() const {
        return static_cast<unsigned>(
            first_.size() * second_.size() * third_.size() * fourth_.size() * fifth_.size()
        );
    }
    std::array<Word, 5> at(std::size_t index) const {
        auto const pick = [&](auto const& from) {
            auto const value = from[index % from.size()];
            index /= from.size();
            return value;
        };
        return {pick(first_), pick(second_), pick(third_), pick(fourth_), pick(fifth_)};
    }

private:
    ::open_how free_how_{};      // for what a file holds ...
    ::open_how free_path_how_{}; // ... and for what a path leads to, which Landlock lets pass
    std::vector<std::string> paths_;
    std::vector<Word> texts_, first_, second_, third_, fourth_, fifth_;
};

} // namespace host::vmm::reach
