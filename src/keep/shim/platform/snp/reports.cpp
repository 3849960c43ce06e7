// Reports that the secure processor signs, by messages through two pages that the host sees.

#include "keep/shim/platform/snp/reports.hpp"

#include "base/shared.hpp"
#include "keep/shim/platform/machine.hpp"
#include "keep/shim/platform/snp/ghcb.hpp"
#include "keep/shim/snp/code_key.hpp"
#include "keep/shim/snp/messages.hpp"
#include "keep/shim/snp/report.hpp"
#include "keep/shim/snp/report_data.hpp"

#include <algorithm>
#include <cstring>

namespace shim {

namespace snp {

namespace {

constexpr hw::PhysAddr request_page{protocol::launch::snp::message_address};
constexpr hw::PhysAddr answer_page{request_page + hw::page_size};

// AMD 56421, 4.1.7: what the host says of a guest request, in bits 63:32.
constexpr std::uint64_t host_busy = 2;

class HostsPages final : public Carrier {
public:
    Outcome carry(MessagePage const& request) override {
        std::memcpy(physical(request_page), request.data(), request.size());
        auto const said = guest_request(request_page, answer_page);
        if (!said) return Outcome::Failed;
        if (*said >> 32 == host_busy) return Outcome::Busy;
        return *said == 0 ? Outcome::Answered : Outcome::Failed;
    }
    void fetch(MessagePage& answer) override { base::fetch_into(answer, physical(answer_page)); }
};

constinit Messages messages;
constinit CodeKey key_of_code;

} // namespace

void take_message_key() {
    hw::PhysAddr const at{protocol::launch::snp::secrets_address};
    // Safety: a page of the Keep's own that the launch has filled; the window maps it.
    messages.take_key(*reinterpret_cast<hw::snp::SecretsPage*>(physical(at)));
}

// With the lock of the shim, as every system call: one message at a time.
base::Result<std::size_t> report(
    protocol::evidence::Purpose purpose, base::View bound, std::span<std::byte, largest_report> to
) {
    auto const data = TRY(report_data(purpose, bound));
    HostsPages carrier;
    auto const made = TRY(messages.report(carrier, data));
    std::ranges::copy(made, to.begin());
    return made.size();
}

base::Result<Key> code_key(Origin const& origin) {
    HostsPages carrier;
    return key_of_code.of(messages, carrier, origin);
}

void give_up_code_key() { key_of_code.give_up(); }

} // namespace snp

bool Machine::vouched() { return true; }

} // namespace shim
