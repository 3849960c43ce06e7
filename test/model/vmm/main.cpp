// snp-linux: starts a Linux kernel as an SNP guest on /dev/kvm, without firmware; the guest's
// serial port is stdout.
#include "base/bytes.hpp"
#include "vmm/certificates.hpp"
#include "vmm/host.hpp"
#include "vmm/linux_image.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace model;
using namespace model::vmm;

namespace {

constexpr char const* help =
    R"(snp-linux --kernel FILE [--initrd FILE] [--append TEXT] [--memory MIB] [--processors N]
          [--policy NUMBER] [--host-data HEX] [--id-block FILE --id-auth FILE] [--certificates FOLDER] [--pages FILE]
          [--others MS]
Starts a Linux kernel as an SNP guest. --pages: what the launch takes, for another's prediction of the digest. --certificates: ark.der, ask.der
and vcek.der, for a guest that asks for them with a report. --others: the other processors do not wait for the first to start them, they run
so long after it. Ends with 0 when the guest asks for a reset, with 2 when it asks for its end, else with 1.
)";

struct CpuidList {
    std::uint32_t count = 64;
    std::uint32_t padding = 0;
    std::array<kvm_cpuid_entry2, 64> entries{};
};
constexpr unsigned long get_supported_cpuid = _IOWR(KVMIO, 0x05, std::uint64_t);
constexpr unsigned long set_cpuid2 = _IOW(KVMIO, 0x90, std::uint64_t);

using Options = std::map<std::string, std::string>;

Options options_of(int argc, char** argv) {
    Options result{
        {"--append", ""}, {"--memory", "512"}, {"--processors", "1"}, {"--policy", "0x30000"}
    };
    for (int i = 1; i + 1 < argc; i += 2) result[argv[i]] = argv[i + 1];
    if (!result.contains("--kernel")) {
        std::fputs(help, stderr);
        std::exit(1);
    }
    return result;
}

// The table for the guest's CPUID page; the leaf of XSAVE is for what XCR0 is at reset.
std::vector<std::byte> cpuid_page(CpuidList const& list) {
    std::vector<std::byte> page(page_size);
    store(page, 0, list.count);
    for (std::uint32_t i = 0; i < list.count; ++i) {
        auto const& entry = list.entries.at(i);
        auto const at = 16 + i * 48U;
        bool const sizes = entry.function == 0xd && entry.index < 2;
        std::array const words = {entry.function, entry.index};
        store(page, at, words);
        store(page, at + 8, std::uint64_t{sizes ? 1U : 0U});
        store(
            page, at + 24, std::array{entry.eax, sizes ? 0x240U : entry.ebx, entry.ecx, entry.edx}
        );
    }
    return page;
}

kvm_segment segment(std::uint16_t selector, bool code) {
    kvm_segment s{};
    s.selector = selector;
    s.limit = 0xffff'ffff;
    s.type = code ? 11 : 3;
    s.present = 1;
    s.s = 1;
    s.g = 1;
    s.l = code ? 1 : 0;
    s.db = code ? 0 : 1;
    return s;
}

void set_registers(Processor const& processor) {
    kvm_sregs s{};
    control(processor.number(), KVM_GET_SREGS, &s, "KVM_GET_SREGS");
    s.cs = segment(0x10, true);
    s.ds = s.es = s.fs = s.gs = s.ss = segment(0x18, false);
    s.tr = segment(0, true);
    s.tr.s = s.tr.l = s.tr.g = 0;
    s.tr.limit = 0x67;
    s.ldt = {};
    s.ldt.unusable = 1;
    s.gdt.base = descriptors_at;
    s.gdt.limit = 31;
    s.cr0 = 0x8000'0033;
    s.cr3 = page_tables_at | 1ULL << 51;
    s.cr4 = 0x20;
    s.efer = 0xd00;
    control(processor.number(), KVM_SET_SREGS, &s, "KVM_SET_SREGS");
    kvm_regs r{};
    r.rip = kernel_at + entry_offset;
    r.rsi = boot_parameters_at;
    r.rsp = 0x9000;
    r.rflags = 2;
    control(processor.number(), KVM_SET_REGS, &r, "KVM_SET_REGS");
}

// Everything that is neither file nor table is a page of zeros, so that the kernel finds all memory
// validated.
void launch(Host& host, Loaded& loaded, CpuidList const& list, Options const& options) {
    auto const size = std::stoull(options.at("--memory")) << 20;
    kvm::LaunchStart start{};
    start.policy = std::stoull(options.at("--policy"), nullptr, 0);
    host.sev(kvm::SnpLaunchStart, &start, "KVM_SEV_SNP_LAUNCH_START");
    auto const low = std::span{loaded.low};
    host.update(0, low.first(secrets_at), kvm::NormalPage);
    std::vector<std::byte> empty(page_size);
    host.update(secrets_at, empty, kvm::SecretsPage);
    auto page = cpuid_page(list);
    if (host.update(cpuid_at, page, kvm::CpuidPage)) {
        std::fputs("snp-linux: the firmware has corrected the CPUID page\n", stderr);
        if (host.update(cpuid_at, page, kvm::CpuidPage))
            give_up("the firmware does not take its own CPUID page");
    }
    auto const behind = cpuid_at + page_size;
    host.update(behind, low.subspan(behind), kvm::NormalPage);
    auto const zeros = [&](std::uint64_t from, std::uint64_t to) {
        host.update(from, {static_cast<std::byte*>(nullptr), to - from}, kvm::ZeroPage);
    };
    zeros(low_end, kernel_at);
    host.update(kernel_at, loaded.kernel, kvm::NormalPage);
    zeros(kernel_at + loaded.kernel.size(), loaded.initrd_at);
    if (!loaded.initrd.empty()) host.update(loaded.initrd_at, loaded.initrd, kvm::NormalPage);
    zeros(loaded.initrd_at + loaded.initrd.size(), size);
    kvm::LaunchFinish finish{};
    std::vector<std::byte> block;
    std::vector<std::byte> auth;
    if (options.contains("--id-block")) {
        block = file(options.at("--id-block"));
        auth = file(options.at("--id-auth"));
        finish.id_block_uaddr = reinterpret_cast<std::uint64_t>(block.data());
        finish.id_auth_uaddr = reinterpret_cast<std::uint64_t>(auth.data());
        finish.id_block_en = 1;
        // Where the author's key is none, its algorithm is 0.
        finish.auth_key_en = load<std::uint32_t>(auth, 4) != 0 ? 1 : 0;
    }
    if (options.contains("--host-data"))
        for (std::size_t i = 0;
             i < finish.host_data.size() && 2 * i + 1 < options.at("--host-data").size();
             ++i)
            finish.host_data.at(i) = static_cast<std::uint8_t>(
                std::stoul(options.at("--host-data").substr(2 * i, 2), nullptr, 16)
            );
    host.sev(kvm::SnpLaunchFinish, &finish, "KVM_SEV_SNP_LAUNCH_FINISH");
}

// A serial port that takes everything at once; a keyboard controller that resets.
void port(kvm_run& run) {
    auto* const data =
        reinterpret_cast<unsigned char*>(&run) + run.io.data_offset; // Safety: KVM's layout
    auto const bytes = static_cast<std::size_t>(run.io.size) * run.io.count;
    if (run.io.direction == KVM_EXIT_IO_OUT) {
        if (run.io.port == 0x3f8) {
            if (::write(STDOUT_FILENO, data, bytes) < 0) std::_Exit(1);
        }
        if (run.io.port == 0x64 && data[0] == 0xfe) std::_Exit(0);
        return;
    }
    std::memset(data, 0xff, bytes);
    if (run.io.port == 0x3fd) data[0] = 0x60;
    if (run.io.port == 0x3f9 || run.io.port == 0x3fa || run.io.port == 0x3fb ||
        run.io.port == 0x3fc || run.io.port == 0x64 || run.io.port == 0x71)
        data[0] = 0;
    if (run.io.port == 0x3fe) data[0] = 0xb0;
}

// False: it has ended.
bool handle(Host const& host, std::span<std::byte const> certificates, kvm_run& run) {
    switch (run.exit_reason) {
    case KVM_EXIT_IO:
        port(run);
        return true;
    case KVM_EXIT_MMIO:
        if (run.mmio.is_write == 0) std::memset(run.mmio.data, 0xff, sizeof run.mmio.data);
        return true;
    case KVM_EXIT_HYPERCALL:
        host.set_private(
            run.hypercall.args[0],
            run.hypercall.args[1] * page_size,
            (run.hypercall.args[2] & 1U << 4) != 0
        );
        run.hypercall.ret = 0;
        return true;
    case kvm::exit_snp_req_certs:
        give_certificates(host.shared(), certificates, run);
        return true;
    case KVM_EXIT_SYSTEM_EVENT:
        std::fprintf(
            stderr,
            "snp-linux: the guest asks for its end: type %u, GHCB MSR %#llx\n",
            run.system_event.type,
            static_cast<unsigned long long>(run.system_event.data[0])
        );
        std::_Exit(2);
    default:
        return false;
    }
}

void work(Host const& host, std::span<std::byte const> certificates, Processor const& processor) {
    for (;;) {
        int const outcome = ::ioctl(processor.number(), KVM_RUN, 0UL);
        auto& run = processor.run();
        if (outcome != 0 && errno == EINTR) continue;
        if (outcome == 0 && handle(host, certificates, run)) continue;
        std::array<std::uint64_t, 3> words{};
        std::memcpy(words.data(), run.padding, sizeof words);
        std::fprintf(
            stderr,
            "snp-linux: exit %u, %s; %#lx %#lx %#lx\n",
            run.exit_reason,
            outcome != 0 ? std::strerror(errno) : "no error",
            words[0],
            words[1],
            words[2]
        );
        std::_Exit(1);
    }
}

// A processor other than the first runs without being started by it.
void start(Processor const& processor, unsigned long wait_ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds{wait_ms});
    kvm_mp_state runs{.mp_state = KVM_MP_STATE_RUNNABLE};
    control(processor.number(), KVM_SET_MP_STATE, &runs, "KVM_SET_MP_STATE");
}

} // namespace

int main(int argc, char** argv) {
    auto const options = options_of(argc, argv);
    auto const size = std::stoull(options.at("--memory")) << 20;
    auto const processors = static_cast<unsigned>(std::stoul(options.at("--processors")));
    auto const kernel = file(options.at("--kernel"));
    auto const initrd =
        options.contains("--initrd") ? file(options.at("--initrd")) : std::vector<std::byte>{};
    auto loaded = load_linux(
        {.kernel = kernel,
         .initrd = initrd,
         .command_line = options.at("--append"),
         .memory_size = size,
         .processors = processors}
    );
    bool const gives = options.contains("--certificates");
    auto const certificates =
        gives ? certificate_table(options.at("--certificates")) : std::vector<std::byte>{};
    Host host{size, options.contains("--pages") ? options.at("--pages") : std::string{}, gives};
    CpuidList list;
    model::Descriptor const system{::open("/dev/kvm", O_RDWR | O_CLOEXEC)};
    control(system.number(), get_supported_cpuid, &list, "KVM_GET_SUPPORTED_CPUID");
    int const run_size =
        control(system.number(), KVM_GET_VCPU_MMAP_SIZE, 0UL, "KVM_GET_VCPU_MMAP_SIZE");
    std::vector<std::unique_ptr<Processor>> all;
    for (unsigned i = 0; i < processors; ++i) {
        all.push_back(std::make_unique<Processor>(host, run_size, i));
        for (auto& entry : list.entries)
            if (entry.function == 1) entry.ebx = (entry.ebx & 0x00ff'ffff) | i << 24;
        control(all.back()->number(), set_cpuid2, &list, "KVM_SET_CPUID2");
        set_registers(*all.back());
    }
    launch(host, loaded, list, options);
    std::vector<std::thread> threads;
    for (auto const& one : all) {
        if (one != all.front() && options.contains("--others"))
            start(*one, threads.size() == 1 ? std::stoul(options.at("--others")) : 0);
        threads.emplace_back([&host, &certificates, &one] { work(host, certificates, *one); });
    }
    for (auto& thread : threads) thread.join();
}
