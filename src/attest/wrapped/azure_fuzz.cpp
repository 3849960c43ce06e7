// Whatever an HCL report says of its sizes: report and runtime data lie within it.

#include "attest/wrapped/azure.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const bytes = std::as_bytes(std::span{data, size});
    if (!attest::wrapped::azure::looks_like_hcl_report(bytes)) return 0;
    auto const report = attest::wrapped::azure::parse_hcl_report(bytes);
    if (!report) {
        if (report.error().empty()) __builtin_trap();
        return 0;
    }
    auto const within = [&](base::View part) {
        return part.data() >= bytes.data() && part.data() + part.size() <= bytes.data() + size;
    };
    if (!within(report->report) || !within(report->runtime_data)) __builtin_trap();
    return 0;
}
