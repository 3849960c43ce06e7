// See turns.hpp.
#include "kvm/turns.hpp"

#include "engine/cpu.hpp"

#include <chrono>

namespace model::kvm {

using namespace std::chrono_literals;

void Turns::take(bool running) {
    std::unique_lock lock{mutex_};
    auto const mine = next_++;
    // A processor lets the other have its slice; a call of the target does not wait for it. The
    // stop is repeated, as Bochs may just be entering.
    if (!running && serving_ != mine) engine::Cpu::stop();
    while (serving_ != mine)
        if (changed_.wait_for(lock, running ? 2000us : 100us) == std::cv_status::timeout)
            engine::Cpu::stop();
}

void Turns::give() {
    {
        std::scoped_lock const lock{mutex_};
        ++serving_;
    }
    changed_.notify_all();
}

bool Turns::wanted() const {
    std::scoped_lock const lock{mutex_};
    return next_ > serving_ + 1;
}

Turns& turns() {
    static Turns all;
    return all;
}

} // namespace model::kvm
