// KVM_MEMORY_ENCRYPT_OP for SNP: INIT2, LAUNCH_START, UPDATE, FINISH, with Linux 7.3's refusals
// (arch/x86/kvm/svm/sev.c).
#include "base/conditions.hpp"
#include "base/counts.hpp"
#include "base/log.hpp"
#include "base/rules.hpp"
#include "kvm/memory.hpp"
#include "kvm/turns.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"
#include "snp/device.hpp"
#include "snp/guest.hpp"
#include "snp/hostile.hpp"
#include "snp/vmsa.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace model::snp {

using kvm::Context;
using kvm::Reply;
using kvm::SevCall;

namespace {

constexpr std::uint64_t feature_snp = 1;
constexpr std::uint64_t debug_swap = 1U << 5;
constexpr std::uint64_t usual_asids = 99; // as a Milan's kernel has said
constexpr std::uint64_t policy_bits = 0xffff | 7U << 16 | 3U << 19;
constexpr std::uint64_t policy_must = 1U << 17;
constexpr std::uint64_t policy_smt = 1U << 16;        // Linux 6.12 wants it
constexpr std::uint64_t policy_one_socket = 1U << 20; // ... and does not take this
constexpr std::uint32_t first_snp_command = 100;

// The firmware's word goes into the call's structure; the call fails with EIO.
long refused(SevCall& call, firmware::Status status) {
    call.error = static_cast<std::uint32_t>(status);
    return status == firmware::Status::Success ? 0 : -EIO;
}

bool is_firmware(Context& context, SevCall const& call) {
    return std::dynamic_pointer_cast<Device>(
               context.table.find(context.call.thread, static_cast<int>(call.sev_fd))
           ) != nullptr;
}

} // namespace

std::uint64_t asids() { return Conditions::own().number("guests", usual_asids); }

Reply Guest::command(Context& context) {
    auto call = context.read<SevCall>();
    if (!call) return -EFAULT;
    if (initialised_ && call->id < first_snp_command) return -EPERM;
    Reply reply{-EINVAL};
    switch (call->id) {
    case kvm::SevInit2:
        reply = init(context, *call);
        break;
    case kvm::SnpLaunchStart:
        reply = initialised_ ? start(context, *call) : Reply{-ENOTTY};
        break;
    case kvm::SnpLaunchUpdate:
        reply = update(context, *call);
        break;
    case kvm::SnpLaunchFinish:
        reply = finish(context, *call);
        break;
    case kvm::SnpEnableReqCerts:
        if (Conditions::own().old_kernel() || !vm_.vcpus().empty() || !initialised_) return -EINVAL;
        asks_for_certificates_ = true;
        reply = 0;
        break;
    default:
        return -EINVAL;
    }
    auto const written = context.write(*call);
    return written.value != 0 ? written : reply;
}

Reply Guest::init(Context& context, SevCall const& call) {
    if (initialised_ || !vm_.vcpus().empty()) return -EINVAL;
    auto const wanted = context.read_at<kvm::SevInit>(call.data);
    if (!wanted) return -EFAULT;
    auto const offered = debug_swap | (Conditions::own().secure_tsc() ? secure_tsc : 0);
    if (wanted->flags != 0 || (wanted->vmsa_features & ~offered) != 0) return -EINVAL;
    if (wanted->ghcb_version > 2 || wanted->ghcb_version == 1) return -EINVAL;
    if (asids_used >= asids()) return -EBUSY; // none is left
    ++asids_used;
    vmsa_features_ = Hostile::own().features(wanted->vmsa_features | feature_snp);
    initialised_ = true;
    return 0;
}

Reply Guest::start(Context& context, SevCall& call) {
    auto const wanted = context.read_at<kvm::LaunchStart>(call.data);
    if (!wanted) return -EFAULT;
    bool const old = Conditions::own().old_kernel();
    auto const must = old ? policy_must | policy_smt : policy_must;
    auto const known = old ? policy_bits & ~policy_one_socket : policy_bits;
    if (wanted->flags != 0 || (wanted->policy & ~known) != 0 || (wanted->policy & must) != must)
        return -EINVAL;
    if (started_) return -EINVAL;
    if (!is_firmware(context, call)) return -EBADF;
    auto const status = firmware_.start(wanted->policy, std::as_bytes(std::span{wanted->gosvw}));
    started_ = status == firmware::Status::Success;
    return refused(call, status);
}

// One page, which the launch takes from the host's memory into the guest's.
long Guest::update_page(Context& context, SevCall& call, kvm::LaunchUpdate const& wanted) {
    auto const at = wanted.gfn_start * page_size;
    auto const* const slot = vm_.memory().find(at);
    bool const checked = !broken(Rule::PrivateNeedsSlot);
    if (slot == nullptr || !slot->guest) return checked ? -EINVAL : 0;
    if (checked && !vm_.memory().is_private(at)) return -EINVAL;
    auto* const mine = entry(at);
    if (mine->assigned) return -EEXIST;
    if (!Conditions::own().take("memory")) return -ENOMEM;
    std::array<std::byte, page_size> source{};
    auto const type = Hostile::own().page_type(at, wanted.type);
    if (wanted.type != kvm::ZeroPage &&
        !front::read_memory(context.call.thread, wanted.uaddr, source))
        return -EFAULT;
    if (type == kvm::CpuidPage) Hostile::own().cpuid_page(source);
    auto const status = firmware_.update(static_cast<firmware::PageType>(type), at, source);
    if (status != firmware::Status::Success) {
        // The corrected table, so that the host may try again with it.
        if (wanted.type == kvm::CpuidPage &&
            !front::write_memory(context.call.thread, wanted.uaddr, source))
            return -EFAULT;
        return refused(call, status);
    }
    std::ranges::copy(source, private_page(at).begin());
    count(Count::Measured);
    *mine = {.assigned = true, .validated = true, .guest_physical = at};
    return 0;
}

Reply Guest::update(Context& context, SevCall& call) {
    if (!started_) return -EINVAL;
    auto wanted = context.read_at<kvm::LaunchUpdate>(call.data);
    if (!wanted) return -EFAULT;
    bool const known = wanted->type == kvm::NormalPage ||
                       (wanted->type >= kvm::ZeroPage && wanted->type <= kvm::CpuidPage);
    if (wanted->len == 0 || wanted->len % page_size != 0 || wanted->flags != 0 || !known)
        return -EINVAL;
    if (wanted->type != kvm::ZeroPage && (wanted->uaddr == 0 || wanted->uaddr % page_size != 0))
        return -EINVAL;
    auto const* const slot = vm_.memory().find(wanted->gfn_start * page_size);
    if (slot == nullptr || !slot->guest) return -EINVAL;
    log_step(
        "tee-model: launch: %#lx bytes of type %u at %#lx\n",
        wanted->len,
        wanted->type,
        wanted->gfn_start * page_size
    );
    long outcome = 0;
    bool any = false;
    while (wanted->len != 0 && (outcome = update_page(context, call, *wanted)) == 0) {
        any = true;
        ++wanted->gfn_start;
        wanted->len -= page_size;
        if (wanted->type != kvm::ZeroPage) wanted->uaddr += page_size;
    }
    if (!any) return outcome == -EFAULT ? -EFAULT : -EIO; // whatever stopped it, as KVM has it
    return context.write_at(call.data, *wanted);          // how far it came
}

// One VMSA for each processor that there is, in the order of their making.
long Guest::add_vmsas(SevCall& call) {
    for (auto const& vcpu : vm_.vcpus()) {
        auto page = vmsa_of(*vcpu, vmsa_features_);
        for (std::size_t at = 0; log_steps && at < page.size(); at += 8)
            if (auto const word = load<std::uint64_t>(page, at))
                log_step("tee-model: VMSA of vCPU %u, %#lx: %#lx\n", vcpu->id(), at, word);
        if (auto const status =
                firmware_.update(firmware::PageType::Vmsa, firmware::vmsa_address, page);
            status != firmware::Status::Success)
            return refused(call, status);
        count(Count::Measured);
        if (!broken(Rule::StateProtected)) vcpu->protect();
    }
    return 0;
}

Reply Guest::finish(Context& context, SevCall& call) {
    if (!started_) return -EINVAL;
    auto const wanted = context.read_at<kvm::LaunchFinish>(call.data);
    if (!wanted) return -EFAULT;
    if (wanted->flags != 0) return -EINVAL;
    if (auto const outcome = add_vmsas(call); outcome != 0) return outcome;
    firmware::Finish finish;
    std::array<std::byte, 96> block{};
    std::vector<std::byte> auth(page_size);
    if (wanted->id_block_en != 0) {
        if (!front::read_memory(context.call.thread, wanted->id_block_uaddr, block) ||
            !front::read_memory(context.call.thread, wanted->id_auth_uaddr, auth))
            return -EFAULT;
        finish.id_block = block;
        finish.id_auth = auth;
        finish.author_key = wanted->auth_key_en != 0;
    }
    std::ranges::transform(wanted->host_data, finish.host_data.begin(), [](auto b) {
        return std::byte{b};
    });
    for (std::size_t at = 0; log_steps && at < firmware_.measurement().size(); at += 8)
        log_step(
            "tee-model: launch digest, %zu: %016lx\n",
            at,
            __builtin_bswap64(load<std::uint64_t>(firmware_.measurement(), at))
        );
    return refused(call, firmware_.finish(finish));
}

Guest::~Guest() {
    if (initialised_) --asids_used;
}

Entry* Guest::entry(std::uint64_t guest_physical) const {
    auto const* const slot = vm_.memory().find(guest_physical);
    if (slot == nullptr || !slot->guest) return nullptr;
    return &slot->guest->entry(page_of(slot->guest_offset + (guest_physical - slot->at)));
}

std::span<std::byte> Guest::private_page(std::uint64_t guest_physical) const {
    auto const* const slot = vm_.memory().find(guest_physical);
    if (slot == nullptr || !slot->guest) return {};
    return slot->guest->page(slot->guest_offset + (guest_physical - slot->at));
}

bool Guest::assign(std::uint64_t guest_physical) {
    auto* const mine = entry(guest_physical);
    if (mine == nullptr) return false;
    if (!mine->assigned && !Conditions::own().take("memory")) return false;
    if (!mine->assigned)
        *mine = {.assigned = true, .validated = false, .guest_physical = page_of(guest_physical)};
    return mine->guest_physical == page_of(guest_physical);
}

} // namespace model::snp
