// What it costs to check one page of a program, in processor time of this thread: the digest alone,
// and the whole step on the fake machine (a page of the pool, the copy, its digest, the tree
// above).
//
//     page_check [ROUNDS]

#include "crypto/digest.hpp"
#include "keep/shim/platform/fake/world.hpp"
#include "protocol/program/build.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include <fmt/core.h>

namespace {

using protocol::program::Page;
using shim::PageDigest;

constexpr std::uint64_t pages = 4096; // 16 MiB
constexpr std::uint64_t file_place = shim::fake::first_memory;
constexpr std::uint64_t tree_place = file_place + (pages * hw::page_size);

double now_us() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (static_cast<double>(time.tv_sec) * 1e6) + (static_cast<double>(time.tv_nsec) / 1e3);
}

// The median of `rounds` times, each of `pages` pages, for one page.
template <class Round> double median_us(int rounds, Round round) {
    std::vector<double> times;
    for (int i = 0; i < rounds; ++i) {
        auto const begun = now_us();
        round();
        times.push_back((now_us() - begun) / static_cast<double>(pages));
    }
    std::ranges::sort(times);
    return times[times.size() / 2];
}

double digest_us(int rounds, PageDigest digest) {
    Page page{};
    return median_us(rounds, [&] {
        for (std::uint64_t i = 0; i < pages; ++i) page[0] ^= digest.of(page)[0];
    });
}

std::vector<std::byte> make_file() {
    std::vector<std::byte> file(pages * hw::page_size);
    for (std::size_t i = 0; i < file.size(); ++i) file[i] = static_cast<std::byte>(i / 7);
    return file;
}

// Every page of a file once, in a Keep of its own each round.
double whole_us(int rounds) {
    auto const file = make_file();
    auto const built =
        *protocol::program::build_tree(file, [](Page const& page) { return crypto::sha256(page); });
    protocol::launch::Boot boot{};
    boot.program = file_place;
    boot.program_size = file.size();
    boot.tree = tree_place;
    boot.memory = file_place + (64 << 20);
    auto const round = [&](shim::ProgramFile& program, shim::PagePool& pool) {
        for (std::uint64_t page = 0; page < pages; ++page)
            pool.release(*program.page(page * hw::page_size)); // warm for the next one
    };
    std::vector<double> times;
    for (int i = 0; i < rounds; ++i) {
        shim::fake::World world;
        auto& kernel = world.kernel();
        std::ranges::copy(file, shim::physical(hw::PhysAddr{file_place}));
        std::ranges::copy(built.bytes, shim::physical(hw::PhysAddr{tree_place}));
        if (!kernel.program.open(boot, built.root)) return 0;
        times.push_back(median_us(1, [&] { round(kernel.program, kernel.pool); }));
    }
    std::ranges::sort(times);
    return times[times.size() / 2];
}

} // namespace

int main(int argc, char** argv) {
    constexpr int usual = 15;
    int const rounds =
        argc > 1 ? std::max(1, static_cast<int>(std::strtol(argv[1], nullptr, 10))) : usual;
    fmt::print("SHA-256 of a page by general instructions  {:6.2f} us\n", digest_us(rounds, {}));
    fmt::print(
        "SHA-256 of a page as this processor has it {:6.2f} us\n",
        digest_us(rounds, PageDigest::create())
    );
    fmt::print("a page copied and checked, tree included   {:6.2f} us\n", whole_us(rounds));
}
