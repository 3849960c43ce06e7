#include "keep/shim/platform/snp/ghcb.hpp"

#include "keep/shim/platform/machine.hpp"
#include "keep/shim/snp/ghcb_protocol.hpp"
#include "protocol/hostcall/block.hpp"

namespace shim {

namespace snp {

namespace {

namespace launch = protocol::launch::snp;
using hw::snp::GhcbEvent;
using launch::Termination;

extern "C" [[noreturn]] void terminate(std::uint64_t message); // entry.S

void write_msr(std::uint64_t value) {
    asm volatile("wrmsr"
                 :
                 : "c"(hw::snp::ghcb_msr),
                   "a"(static_cast<std::uint32_t>(value)),
                   "d"(static_cast<std::uint32_t>(value >> 32))
                 : "memory");
}

// VMGEXIT, APM volume 3: VMMCALL with a prefix, which every assembler knows.
void leave() { asm volatile("rep; vmmcall" : : : "memory", "cc"); }

// Asks by the MSR, which is the host's word afterwards.
std::uint64_t ask(std::uint64_t request) {
    write_msr(request);
    leave();
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(hw::snp::ghcb_msr));
    return low | std::uint64_t{high} << 32;
}

hw::PhysAddr own_page() { return hw::PhysAddr{launch::ghcb_of(Machine::cpu())}; }

Ghcb own() {
    // Safety: a page of this vCPU's that the window maps as shared from the image's tables on.
    return Ghcb{reinterpret_cast<hw::snp::GhcbPage volatile*>(physical(own_page()))};
}

} // namespace

void end(Termination reason) {
    terminate(termination(launch::termination_set, static_cast<std::uint64_t>(reason)));
}

void negotiate() {
    if (!speaks_our_version(ask(hw::snp::msr::ask_information))) end(Termination::GhcbProtocol);
    if (!offers_snp(ask(hw::snp::msr::ask_features))) end(Termination::GhcbProtocol);
}

void register_ghcb() {
    if (!registered(ask(own_page().raw() | hw::snp::msr::ask_registration), own_page()))
        end(Termination::GhcbRegistration);
    write_msr(own_page().raw());
}

base::Result<std::uint64_t> guest_request(hw::PhysAddr request, hw::PhysAddr response) {
    auto ghcb = own();
    ghcb.ask(GhcbEvent::GuestRequest, request.raw(), response.raw());
    leave();
    auto const answer = ghcb.take_answer();
    if (!answer.done) return std::unexpected(base::Errno::Proto);
    return answer.info2;
}

} // namespace snp

// No register of the Keep goes along.
void Machine::ring_doorbell() {
    auto ghcb = snp::own();
    ghcb.ask_with_rax(
        hw::snp::GhcbEvent::Port, hw::snp::port_out_4(protocol::hostcall::doorbell_port), 0, 0
    );
    snp::leave();
    if (!ghcb.take_answer().done) snp::end(protocol::launch::snp::Termination::GhcbAnswer);
}

} // namespace shim
