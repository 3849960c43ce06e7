// Many Keeps without hardware that ask an attestation service at once, each on a connection of its
// own, without what a Keep does besides: pulls URL ROOT.pem NAME SERIAL WORKLOAD CONFIGURATION
// PACKAGE TENANT KEEPS AT-ONCE. What it prints is JSON.

#include "base/hex.hpp"
#include "test/provision/asking.hpp"

#include <atomic>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>
#include <thread>

namespace {

using namespace provision_tests;
using Clock = std::chrono::steady_clock;

struct Shared {
    std::atomic<int> next = 0;
    std::atomic<int> certified = 0;
    std::mutex mutex;
    std::vector<double> seconds;
    std::string problem; // the last one
};

bool pull(Told const& told, Shared& shared) {
    Keep const keep;
    Asking asking{keep, told};
    auto const step = [&](std::string const& path, bool ready) {
        auto const request = asking.challenge();
        return !request.empty() && !asking.send(path, asking.answer(request, ready)).empty();
    };
    if (step("/v1/attest", false) && step("/v1/attest/ready", true)) return true;
    std::scoped_lock const lock{shared.mutex};
    shared.problem = asking.problem();
    return false;
}

void work(Told const& told, int keeps, Shared& shared) {
    while (shared.next++ < keeps) {
        auto const begin = Clock::now();
        if (!pull(told, shared)) continue;
        ++shared.certified;
        std::scoped_lock const lock{shared.mutex};
        shared.seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
    }
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::string> const words(argv + 1, argv + argc);
    if (words.size() != 10) return 2;
    std::ifstream root{words[1]};
    auto const bytes = [](std::string const& digits) { return base::unhex(digits).value(); };
    Told const told{
        .url = words[0],
        .root = {std::istreambuf_iterator<char>{root}, {}},
        .name = words[2],
        .serial = std::stoull(words[3]),
        .workload = bytes(words[4]),
        .configuration = bytes(words[5]),
        .package = bytes(words[6]),
        .tenant = bytes(words[7]),
        .folder = {},
        .what = {}
    };
    auto const keeps = std::stoi(words[8]);
    Shared shared;
    auto const begin = Clock::now();
    std::vector<std::thread> threads;
    for (int i = 0; i < std::stoi(words[9]); ++i)
        threads.emplace_back([&] { work(told, keeps, shared); });
    for (auto& thread : threads) thread.join();
    auto const all = std::chrono::duration<double>(Clock::now() - begin).count();
    std::ranges::sort(shared.seconds);
    auto const at = [&](double part) {
        auto const& list = shared.seconds;
        return list.empty() ? 0 : list[static_cast<std::size_t>(part * double(list.size() - 1))];
    };
    std::cout << "{\"certified\": " << shared.certified << ", \"seconds\": " << all
              << ", \"median\": " << at(0.5) << ", \"p99\": " << at(0.99)
              << ", \"slowest\": " << at(1) << "}\n";
    if (!shared.problem.empty()) std::cerr << shared.problem << '\n';
    return shared.certified == keeps ? 0 : 1;
}
