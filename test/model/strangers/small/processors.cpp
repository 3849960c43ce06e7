// Makes as many processors as there may be while another thread stops all that run: a machine's
// second processor comes while its first one works, and calls of the target stop it at any time.
#include "engine/cpu.hpp"
#include "engine/processor.hpp"

#include <atomic>
#include <deque>
#include <thread>

namespace {

using namespace model;
using namespace model::engine;

class Nothing : public World {
public:
    std::byte* page(Physical) override { return nullptr; }
    std::optional<Physical> translate(Cpu&, std::uint64_t, Access, bool, Answer&) override {
        return std::nullopt;
    }
    Answer intercept(Cpu&, Exit const&) override { return Answer::leave(); }
    std::optional<Answer> unknown(Cpu&, std::span<std::byte const>) override {
        return std::nullopt;
    }
    bool device(Cpu&, Physical, std::span<std::byte>, bool) override { return false; }
    std::uint64_t time_stamp(Cpu&) override { return 0; }
};

} // namespace

int main() {
    Nothing world;
    std::atomic<bool> over{false};
    std::thread other{[&] {
        while (!over) Cpu::stop();
    }};
    std::deque<Cpu> cpus;
    for (std::uint32_t i = 0; i < most_cpus; ++i) cpus.emplace_back(world, i);
    over = true;
    other.join();
}
