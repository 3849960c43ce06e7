// See alarm.hpp.
#include "kvm/alarm.hpp"

#include "kvm/apic.hpp"

#include <algorithm>

namespace model::kvm {

Alarm::Alarm() : thread_{[this] { work(); }} {}

void Alarm::set(Apic& apic, Time time) {
    {
        std::scoped_lock const lock{mutex_};
        times_[&apic] = time;
    }
    changed_.notify_all();
}

void Alarm::forget(Apic& apic) {
    std::scoped_lock const lock{mutex_};
    times_.erase(&apic);
}

void Alarm::work() {
    std::unique_lock lock{mutex_};
    for (;;) {
        auto const next =
            std::ranges::min_element(times_, {}, [](auto const& entry) { return entry.second; });
        if (next == times_.end()) {
            changed_.wait(lock);
        } else if (auto const time = next->second; time > std::chrono::steady_clock::now()) {
            changed_.wait_until(lock, time); // its entry may go meanwhile
        } else {
            auto* const apic = next->first;
            times_.erase(next);
            apic->rang();
        }
    }
}

Alarm& alarm() {
    static auto* const one = new Alarm; // its thread may still wait while the program ends
    return *one;
}

} // namespace model::kvm
