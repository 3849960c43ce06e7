// One thread that tells local APICs when their timers run out.
#pragma once
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace model::kvm {

class Apic;

class Alarm {
public:
    using Time = std::chrono::steady_clock::time_point;
    Alarm();
    void set(Apic&, Time);
    void forget(Apic&);

private:
    void work();
    std::recursive_mutex mutex_; // an APIC sets its next one while it is told of this one
    std::condition_variable_any changed_;
    std::map<Apic*, Time> times_;
    std::thread thread_;
};

/// The whole program's; it never ends.
Alarm& alarm();

} // namespace model::kvm
