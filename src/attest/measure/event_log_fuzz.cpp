// Whatever the bytes: an event log is read or refused, and replayed without a step outside of it.

#include "attest/measure/event_log.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const bytes{reinterpret_cast<std::byte const*>(data), size};
    auto const log = attest::measure::parse_event_log(bytes);
    if (!log) {
        if (log.error().offset > size) __builtin_trap();
        return 0;
    }
    if (log->end > size) __builtin_trap();
    (void)attest::measure::replay(*log);
    for (auto const& event : log->events) (void)attest::measure::digest_of_data(event);
    return 0;
}
