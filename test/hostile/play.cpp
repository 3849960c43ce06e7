#include "play.hpp"

#include "base/test_folders.hpp"
#include "host/vmm/backend/kvm/shim_choice.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

#include <pthread.h>
#include <unistd.h>

namespace hostile {

namespace vmm = host::vmm;
namespace launch = protocol::launch;
using protocol::hostcall::Call;
using protocol::hostcall::Header;
using protocol::hostcall::Turn;

namespace {

constexpr auto patience = std::chrono::seconds{60};

// What calls.c fills its secret with.
std::uint64_t secret_word() {
    std::uint64_t word = 0x9e37'79b9'7f4a'7c15;
    for (int i = 0; i < 1000; ++i) {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
    }
    return word;
}

bool holds_secret(std::span<std::byte const> bytes) {
    static auto const word = secret_word();
    return !std::ranges::search(bytes, std::as_bytes(std::span{&word, 1})).empty();
}

// Kicks the vCPU out of the guest when a Keep does not end by itself.
class Watchdog {
public:
    explicit Watchdog(vmm::kvm::Vcpu& cpu)
        : thread_{[this, &cpu, caller = ::pthread_self()] {
              auto const until = std::chrono::steady_clock::now() + patience;
              while (!done_ && std::chrono::steady_clock::now() < until)
                  std::this_thread::sleep_for(std::chrono::milliseconds{20});
              if (done_) return;
              barked_ = true;
              cpu.interrupt();
              ::pthread_kill(caller, SIGUSR1);
          }} {}
    ~Watchdog() {
        done_ = true;
        thread_.join();
    }
    bool barked() const { return barked_; }

private:
    std::atomic<bool> done_ = false;
    std::atomic<bool> barked_ = false;
    std::thread thread_;
};

template <class T> os::OrFailure<T> named(base::Result<T> result) {
    if (result) return *std::move(result);
    return std::unexpected(
        os::Failure{.name = "kvm-unusable", .text = std::string{os::description(result.error())}}
    );
}

} // namespace

os::OrFailure<Play> Play::make(std::vector<std::string> arguments) {
    std::string const parts = std::string{enarx::test::binary_folder} + "/parts/";
    auto const shim = std::string{enarx::test::binary_folder} + "/libexec/enarx/shim-" +
                      std::string{vmm::suitable_shim(vmm::Machine::real())};
    vmm::Wishes wishes;
    wishes.arguments = std::move(arguments);
    wishes.arguments.insert(wishes.arguments.begin(), "calls");
    for (std::uint32_t const number : {0U, 1U, 2U, 5U})
        wishes.descriptors.push_back({.number = number, .handle = number});
    auto const image = TRY(vmm::Image::open(shim, parts + "keep-program-calls"));
    auto const plan = TRY(vmm::Plan::make(image.sizes(), wishes));
    Play play;
    // With a local APIC, KVM would hold injected vectors back.
    play.machine_ = TRY(vmm::kvm::Machine::create(image, plan, {}, vmm::kvm::LocalApic::None));
    play.block_ =
        TRY(named(play.machine_->memory(launch::block_address, protocol::hostcall::block_size)));
    play.cpu_.emplace(
        TRY(named(play.machine_->add_cpu(0, {image.header().start, image.header().page_table})))
    );
    if (auto const set = play.machine_->calibrate(plan, *play.cpu_); !set)
        return std::unexpected(
            os::Failure{.name = "kvm-unusable", .text = std::string{os::description(set.error())}}
        );
    return play;
}

bool Play::answer(Host const& host, End& end) {
    // Safety: the block is page-aligned and block_size bytes; the Keep changes it, too.
    auto volatile& words = *reinterpret_cast<Header volatile*>(block_.data());
    if (holds_secret(block_)) ++secrets_seen_;
    if (words.number == static_cast<std::uint64_t>(Call::Exit)) {
        end.kind = End::Kind::Exited;
        end.status = words.arguments[0];
        end.signal = words.arguments[1];
        return true;
    }
    auto const data = block_.subspan(protocol::hostcall::data_offset);
    if (words.number == static_cast<std::uint64_t>(Call::Write) && words.arguments[0] == 1 &&
        words.arguments[1] >> 32 < data.size())
        end.text.append(
            reinterpret_cast<char const*>(data.data()), // Safety: any byte may be read as a char.
            words.arguments[1] >> 32
        );
    host({.words = words, .data = data, .number = calls_++});
    __atomic_store_n(&words.turn, static_cast<std::uint64_t>(Turn::Keep), __ATOMIC_RELEASE);
    return false;
}

End Play::run(Host const& host) {
    (void)std::signal(SIGUSR1, [](int) {});
    Watchdog const watchdog{*cpu_};
    End end;
    while (!watchdog.barked()) {
        switch (cpu_->run()) {
        case vmm::kvm::Vcpu::Exit::Doorbell:
            if (answer(host, end)) return end;
            break;
        case vmm::kvm::Vcpu::Exit::Interrupted:
            break;
        case vmm::kvm::Vcpu::Exit::Other:
            end.kind = End::Kind::Stopped;
            end.text += cpu_->explain();
            return end;
        }
    }
    end.text += cpu_->explain();
    return end;
}

} // namespace hostile
