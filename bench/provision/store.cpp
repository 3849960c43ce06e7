// How fast the attestation service's store and log are: releases by 1 to 256 callers at once, how
// long each waits, and how long a log of many leaves takes to open and to prove. store_bench
// [FOLDER]

#include "os/temporary_directory.hpp"
#include "protocol/provision/log_entry.hpp"
#include "service/log/log.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

using namespace service;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t noon = 1'800'000'000;

[[noreturn]] void fail(os::Failure const& failure) {
    std::fprintf(stderr, "%s\n", failure.text.c_str());
    std::exit(1);
}

template <class T> T value(os::OrFailure<T> result) {
    if (!result) fail(result.error());
    return std::move(*result);
}

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void release(Store& store, std::uint64_t number) {
    ReleaseRow row;
    row.keep_id = crypto::sha256({reinterpret_cast<std::byte const*>(&number), sizeof number});
    row.deployment = "shop/api";
    row.serial = 1;
    row.kind = "snp";
    row.time = noon + number; // nobody lives for long: the count stays small
    row.not_after = row.time + 100;
    protocol::provision::LogEntry line;
    line.time = noon;
    line.kind = protocol::provision::LogKind::Release;
    line.deployment = {row.deployment, 1};
    line.keep_id = row.keep_id;
    line.digest = row.keep_id;
    line.accepted = true;
    auto const entry = protocol::provision::encode(line);
    auto const answer = store.release(row, UINT32_MAX, entry);
    if (!answer) fail(answer.error().failure);
}

void measure(Store& store, unsigned callers, std::atomic<std::uint64_t>& next) {
    constexpr auto length = 3s;
    std::vector<std::vector<double>> waits(callers);
    std::vector<std::thread> all;
    auto const start = Clock::now();
    for (unsigned t = 0; t < callers; ++t)
        all.emplace_back([&, t] {
            while (Clock::now() - start < length) {
                auto const before = Clock::now();
                release(store, next++);
                waits[t].push_back(seconds_since(before) * 1e3);
            }
        });
    for (auto& thread : all) thread.join();
    auto const took = seconds_since(start);
    std::vector<double> each;
    for (auto const& some : waits) each.insert(each.end(), some.begin(), some.end());
    std::ranges::sort(each);
    auto const at = [&each](double part) {
        return each[static_cast<std::size_t>(part * static_cast<double>(each.size() - 1))];
    };
    std::printf(
        "| release and its leaf, %u at once | %.0f/s | %.1f ms | %.1f ms |\n",
        callers,
        static_cast<double>(each.size()) / took,
        at(0.5),
        at(0.99)
    );
}

void measure_log(Store& store, std::string const& folder) {
    auto const key = *crypto::Ed25519SigningKey::generate();
    LogSettings const settings{folder + "/log", "example.com/log", 50ms, true};
    auto const leaves = *store.leaves();
    auto start = Clock::now();
    auto log = value(Log::open(store, settings, key));
    auto const first = seconds_since(start);
    std::printf(
        "| %llu leaves written as tiles | %.0f/s |\n",
        static_cast<unsigned long long>(leaves),
        static_cast<double>(leaves) / first
    );
    log.reset();
    start = Clock::now();
    log = value(Log::open(store, settings, key));
    std::printf(
        "| the same checked at the next start | %.0f/s |\n",
        static_cast<double>(leaves) / seconds_since(start)
    );
    constexpr unsigned proofs = 2000;
    start = Clock::now();
    for (unsigned i = 0; i < proofs; ++i) value(log->inclusion(i * leaves / proofs, 0s));
    std::printf("| inclusion proof from tiles | %.0f/s |\n", proofs / seconds_since(start));
    start = Clock::now();
    auto const leaf = store.append(base::view_of("x"));
    if (!leaf) fail(leaf.error().failure);
    auto const durable = seconds_since(start) * 1e3;
    value(log->inclusion(*leaf, 10s));
    std::printf(
        "| one line: durable / in a checkpoint (each 50 ms) | %.1f ms / %.1f ms |\n",
        durable,
        seconds_since(start) * 1e3
    );
}

} // namespace

int main(int argc, char** argv) {
    os::TemporaryDirectory const temporary;
    std::string const folder = argc > 1 ? argv[1] : temporary.path();
    auto const store = value(open_sqlite_store(folder + "/bench.sqlite"));
    auto const published =
        store->publish({"shop/api", 1, {}, {}, {}, noon}, base::view_of("published"));
    if (!published) fail(published.error().failure);
    std::atomic<std::uint64_t> next = 0;
    std::puts("| what | rate | median | p99 |\n|---|---:|---:|---:|");
    for (unsigned const callers : {1U, 16U, 64U, 256U}) measure(*store, callers, next);
    measure_log(*store, folder);
    return 0;
}
