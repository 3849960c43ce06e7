// What the hardware signs of this Keep, for the purposes that protocol/evidence has, and for no
// words of the program's own.

#include "keep/shim/snp/report.hpp"
#include "keep/shim/system_call/system_call.hpp"
#include "protocol/evidence/purpose.hpp"

namespace shim::system_call {

namespace evidence = protocol::evidence;

Reply keep_report(SystemCall const& call) {
    if (!Machine::vouched()) return std::unexpected(base::Errno::NoSys);
    if (call[0] >= evidence::purposes.size() || call[2] > evidence::most_bound)
        return std::unexpected(base::Errno::Inval);
    std::array<std::byte, evidence::most_bound> room;
    auto const bound = std::span{room}.first(call[2]);
    TRY(call.kernel.user.read(call[1], bound));
    std::array<std::byte, snp::largest_report> report;
    auto const size = TRY(snp::report(evidence::Purpose(call[0]), bound, report));
    if (call[4] < size) return std::unexpected(base::Errno::NoSpc);
    TRY(call.kernel.user.write(call[3], std::span{report}.first(size)));
    return size;
}

} // namespace shim::system_call
