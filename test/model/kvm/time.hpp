// The machine's time is the host's: its time stamp counter, unscaled.
#pragma once
#include <chrono>
#include <cstdint>

namespace model::kvm {

std::uint64_t time_stamp();
std::uint64_t time_stamp_khz();
/// From now until the counter has this value.
std::chrono::nanoseconds until(std::uint64_t time_stamp);

} // namespace model::kvm
