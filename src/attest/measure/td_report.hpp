#pragma once

// TDREPORT_STRUCT as tools write it to files: whole, or without its first 48 bytes.

#include "base/view.hpp"
#include "hw/tdx/td_report.hpp"

#include <optional>

namespace attest::measure {

// What a tool leaves away that takes the answer of the kernel's first interface (report data, then
// report) for 48 bytes shorter than it is.
inline constexpr std::size_t lost_head = 48;

struct TdReportFile {
    hw::tdx::TdReport report; // zeros where the file lacks them
    bool headless = false;
};

// Whether bytes are a report without its head: known by the digest of TDINFO in it.
bool headless_td_report(base::View bytes);

// Nothing where the size or both forms are wrong.
std::optional<TdReportFile> read_td_report(base::View bytes);

} // namespace attest::measure
