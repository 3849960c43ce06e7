#include "keep/exec/attestation/hardware.hpp"

#include "protocol/evidence/vouched.hpp"
#include "protocol/launch/traits.hpp"

#include <cerrno>

#include <sys/auxv.h>
#include <unistd.h>

namespace exec::attestation {

namespace {

base::Result<std::vector<std::byte>>
ask_the_shim(protocol::evidence::Purpose purpose, base::View bound) {
    std::vector<std::byte> report(protocol::evidence::snp_report_size);
    auto const size = ::syscall(
        static_cast<long>(protocol::evidence::report_call),
        static_cast<unsigned long>(purpose),
        bound.data(),
        bound.size(),
        report.data(),
        report.size()
    );
    if (size < 0) return std::unexpected(base::Errno{errno});
    if (static_cast<std::size_t>(size) != report.size()) return std::unexpected(base::Errno::Proto);
    return report;
}

} // namespace

std::optional<Hardware> hardware_of_this_keep(base::View certificates) {
    // The shim's word, in which the host has no part; Linux, under nil, knows no such entry.
    auto const traits = ::getauxval(protocol::launch::traits_entry);
    if ((traits & protocol::launch::vouched_by_snp) == 0) return {};
    return Hardware{
        .report = ask_the_shim, .certificates = {certificates.begin(), certificates.end()}
    };
}

} // namespace exec::attestation
