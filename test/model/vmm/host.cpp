// See host.hpp.
#include "vmm/host.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

namespace model::vmm {

void give_up(std::string const& what) {
    std::fprintf(stderr, "snp-linux: %s\n", what.c_str());
    std::exit(1);
}

int control(int descriptor, unsigned long request, void* argument, char const* what) {
    int const outcome = ::ioctl(descriptor, request, argument);
    if (outcome < 0) give_up(std::string{what} + ": " + std::strerror(errno));
    return outcome;
}

int control(int descriptor, unsigned long request, unsigned long argument, char const* what) {
    int const outcome = ::ioctl(descriptor, request, argument);
    if (outcome < 0) give_up(std::string{what} + ": " + std::strerror(errno));
    return outcome;
}

std::vector<std::byte> file(std::string const& path) {
    std::ifstream stream{path, std::ios::binary};
    if (!stream) give_up(path + " cannot be read");
    std::vector<char> const text{std::istreambuf_iterator<char>{stream}, {}};
    std::vector<std::byte> bytes(text.size());
    std::memcpy(bytes.data(), text.data(), text.size());
    return bytes;
}

Host::Host(std::uint64_t size, std::string const& pages, bool certificates)
    : system_{::open("/dev/kvm", O_RDWR | O_CLOEXEC)},
      firmware_{::open("/dev/sev", O_RDWR | O_CLOEXEC)},
      shared_{Pages::create("snp-linux", size)} {
    if (!pages.empty()) record_.open(pages, std::ios::binary);
    if (!system_ || !firmware_) give_up("/dev/kvm or /dev/sev cannot be opened");
    if (!shared_) give_up("no memory");
    machine_ = Descriptor{control(system_.number(), KVM_CREATE_VM, kvm::SnpVm, "KVM_CREATE_VM")};
    kvm_enable_cap wanted{};
    wanted.cap = KVM_CAP_EXIT_HYPERCALL;
    wanted.args[0] = 1U << kvm::hypercall_map_gpa_range;
    control(machine(), KVM_ENABLE_CAP, &wanted, "KVM_CAP_EXIT_HYPERCALL");
    wanted = {};
    wanted.cap = KVM_CAP_SPLIT_IRQCHIP;
    control(machine(), KVM_ENABLE_CAP, &wanted, "KVM_CAP_SPLIT_IRQCHIP");
    kvm::SevInit init{};
    sev(kvm::SevInit2, &init, "KVM_SEV_INIT2");
    if (certificates) sev(kvm::SnpEnableReqCerts, nullptr, "KVM_SEV_SNP_ENABLE_REQ_CERTS");
    kvm::CreateGuestMemfd memory{.size = size, .flags = 0, .reserved = {}};
    private_ =
        Descriptor{control(machine(), kvm::create_guest_memfd, &memory, "KVM_CREATE_GUEST_MEMFD")};
    kvm::UserMemoryRegion2 slot{};
    slot.flags = kvm::mem_guest_memfd;
    slot.memory_size = size;
    slot.userspace_addr = reinterpret_cast<std::uint64_t>(
        shared_.bytes().data()
    ); // Safety: KVM takes addresses as numbers
    slot.guest_memfd = static_cast<std::uint32_t>(private_.number());
    control(machine(), kvm::set_user_memory_region2, &slot, "KVM_SET_USER_MEMORY_REGION2");
    set_private(0, size, true);
}

void Host::sev(std::uint32_t command, void* data, char const* what) {
    kvm::SevCall call{
        .id = command,
        .pad0 = 0,
        .data = reinterpret_cast<std::uint64_t>(data),
        .error = 0,
        .sev_fd = static_cast<std::uint32_t>(firmware_.number())
    };
    if (::ioctl(machine(), KVM_MEMORY_ENCRYPT_OP, &call) != 0)
        give_up(
            std::string{what} + ": " + std::strerror(errno) + ", firmware says " +
            std::to_string(call.error)
        );
}

bool Host::update(std::uint64_t at, std::span<std::byte> pages, std::uint8_t type) {
    kvm::LaunchUpdate update{};
    update.gfn_start = at / page_size;
    // The kernel wants whole pages, and writes a corrected CPUID page back.
    auto const staged = type == kvm::ZeroPage ? Pages{} : Pages::create("snp-linux", pages.size());
    if (staged) std::ranges::copy(pages, staged.bytes().begin());
    update.uaddr = reinterpret_cast<std::uint64_t>(staged.bytes().data());
    update.len = pages.size();
    update.type = type;
    kvm::SevCall call{
        .id = kvm::SnpLaunchUpdate,
        .pad0 = 0,
        .data = reinterpret_cast<std::uint64_t>(&update),
        .error = 0,
        .sev_fd = static_cast<std::uint32_t>(firmware_.number())
    };
    while (update.len != 0)
        if (::ioctl(machine(), KVM_MEMORY_ENCRYPT_OP, &call) != 0) {
            constexpr std::uint32_t invalid_parameter = 0x16;
            if (type == kvm::CpuidPage && errno == EIO && call.error == invalid_parameter) {
                std::ranges::copy(staged.bytes(), pages.begin());
                return true;
            }
            give_up(
                "KVM_SEV_SNP_LAUNCH_UPDATE: " + std::string{std::strerror(errno)} +
                ", firmware says " + std::to_string(call.error)
            );
        }
    if (record_.is_open()) {
        // Type, address, size; the bytes of those pages whose contents are measured.
        std::array const head = {static_cast<std::uint64_t>(type), at, pages.size()};
        record_.write(reinterpret_cast<char const*>(head.data()), sizeof head); // Safety: bytes
        if (type == kvm::NormalPage)
            record_.write(
                reinterpret_cast<char const*>(pages.data()),
                static_cast<std::streamsize>(pages.size())
            );
        record_.flush();
    }
    return false;
}

void Host::set_private(std::uint64_t at, std::uint64_t size, bool wanted) const {
    kvm::MemoryAttributes attributes{
        .address = at, .size = size, .attributes = wanted ? kvm::attribute_private : 0, .flags = 0
    };
    control(machine(), kvm::set_memory_attributes, &attributes, "KVM_SET_MEMORY_ATTRIBUTES");
}

Processor::Processor(Host const& host, int run_size, unsigned long id)
    : descriptor_{control(host.machine(), KVM_CREATE_VCPU, id, "KVM_CREATE_VCPU")} {
    void* const at = ::mmap(
        nullptr, static_cast<std::size_t>(run_size), PROT_READ | PROT_WRITE, MAP_SHARED, number(), 0
    );
    if (at == MAP_FAILED) give_up("a processor's page cannot be mapped");
    run_ = static_cast<kvm_run*>(at);
}

} // namespace model::vmm
