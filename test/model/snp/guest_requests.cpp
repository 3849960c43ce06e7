// Guest messages by the GHCB (AMD 56421, 4.1.7 and 4.1.8): the host carries them to the firmware
// and back. What a host that lies does to one: hostile.hpp.
#include "base/bytes.hpp"
#include "base/conditions.hpp"
#include "base/counts.hpp"
#include "base/log.hpp"
#include "kvm/memory.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"
#include "snp/ghcb_events.hpp"
#include "snp/guest.hpp"
#include "snp/hostile.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace model::snp {

namespace {

constexpr std::size_t type_at = 0x34; // in a message
constexpr std::byte report_request{5};
constexpr std::size_t table_end = 24; // zeros: no certificate follows
// What the host itself says of a request.
constexpr std::uint64_t invalid_length = 1ULL << 32;
constexpr std::uint64_t busy = 2ULL << 32;
constexpr std::uint64_t general_error = 0xffff'ffffULL << 32;

void certificates_given(Guest& guest, kvm::Vcpu& vcpu, Ghcb const& ghcb) {
    kvm::SnpReqCerts given{};
    std::memcpy(&given, vcpu.run_page().padding, sizeof given); // the union
    switch (given.ret) {
    case 0:
        return guest_request(guest, ghcb);
    case ENOSPC:
        ghcb.answer(Rbx, given.npages);
        return ghcb.succeed(invalid_length);
    case EAGAIN:
        return ghcb.succeed(busy);
    case EIO:
        return ghcb.succeed(general_error);
    default:
        return vcpu.exit(KVM_EXIT_UNKNOWN, -EINVAL);
    }
}

} // namespace

void guest_request(Guest& guest, Ghcb const& ghcb) {
    auto const request_at = ghcb[ExitInfo1];
    auto const response_at = ghcb[ExitInfo2];
    if ((request_at | response_at) % page_size != 0 || request_at == response_at)
        return ghcb.refuse(Malformed::InvalidInput);
    if (Conditions::own().has("busy") && Conditions::own().take("busy")) return ghcb.succeed(busy);
    std::vector<std::byte> request(page_size);
    std::vector<std::byte> response(page_size);
    auto& memory = guest.vm().memory();
    if (!memory.read(request_at, request)) return ghcb.refuse(Malformed::InvalidInput);
    count(Count::Messages);
    auto const status = guest.firmware().message(request, response);
    log_step(
        "tee-model: firmware: message of type %d: %#x\n",
        static_cast<int>(request[type_at]),
        static_cast<unsigned>(status)
    );
    auto result = static_cast<std::uint64_t>(status);
    bool const delivered = Hostile::own().message(response, result);
    if (status == firmware::Status::Success && delivered && !memory.write(response_at, response))
        return ghcb.refuse(Malformed::InvalidInput);
    ghcb.succeed(result);
}

// With a report the guest may ask for the certificates that go with it: they are user space's.
bool extended_guest_request(Guest& guest, kvm::Vcpu& vcpu, Ghcb const& ghcb) {
    auto& memory = guest.vm().memory();
    std::array<std::byte, 1> type{};
    if (!memory.read(ghcb[ExitInfo1] + type_at, type) || type[0] != report_request)
        return guest_request(guest, ghcb), false;
    auto const at = ghcb[Rax];
    if (!ghcb.valid(Rax) || !ghcb.valid(Rbx) || at % page_size != 0)
        return ghcb.refuse(Malformed::InvalidInput), false;
    if (guest.asks_for_certificates()) {
        kvm::SnpReqCerts const wanted{.gpa = at, .npages = ghcb[Rbx], .ret = 0};
        std::memcpy(vcpu.run_page().padding, &wanted, sizeof wanted); // the union
        vcpu.then([&guest, &vcpu, ghcb] { certificates_given(guest, vcpu, ghcb); });
        vcpu.exit(kvm::exit_snp_req_certs);
        return true;
    }
    std::array<std::byte, table_end> const none{};
    if (ghcb[Rbx] != 0 && !memory.write(at, none))
        return ghcb.refuse(Malformed::InvalidInput), false;
    return guest_request(guest, ghcb), false;
}

} // namespace model::snp
