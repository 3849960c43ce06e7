#include "attest/measure/td_report.hpp"

#include "crypto/digest.hpp"

#include <algorithm>

namespace attest::measure {

namespace {

using hw::tdx::TdReport;

// The bytes behind a head of zeros; what the file has beyond a report is not looked at.
TdReport with_head(base::View bytes) {
    base::Bytes<sizeof(TdReport)> whole{};
    std::ranges::copy(bytes.first(whole.size() - lost_head), whole.begin() + lost_head);
    base::View left{whole};
    return base::take<TdReport>(left).value_or(TdReport{});
}

} // namespace

bool headless_td_report(base::View bytes) {
    if (bytes.size() != sizeof(TdReport) || !base::all_zero(bytes.last(lost_head))) return false;
    auto const report = with_head(bytes);
    return crypto::sha384(std::as_bytes(std::span{&report.td_info, 1})) == report.mac.tee_info_hash;
}

std::optional<TdReportFile> read_td_report(base::View bytes) {
    if (bytes.size() != sizeof(TdReport)) return {};
    if (bytes[0] == std::byte{hw::tdx::report_type_tdx}) {
        auto left = bytes;
        return TdReportFile{.report = *base::take<TdReport>(left)};
    }
    if (!headless_td_report(bytes)) return {};
    return TdReportFile{.report = with_head(bytes), .headless = true};
}

} // namespace attest::measure
