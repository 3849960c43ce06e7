// See serve.hpp.
#include "front/serve.hpp"

#include "base/conditions.hpp"
#include "base/log.hpp"
#include "front/shared_memory.hpp"
#include "kvm/memory.hpp"
#include "kvm/system.hpp"
#include "kvm/turns.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"
#include "snp/device.hpp"
#include "snp/guest.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace model::front {

namespace {

constexpr int signal_check_ms = 2; // how late a signal may end KVM_RUN

/// Objects by the inode of the file that the target has: a duplicate or an inherited descriptor
/// names the same.
class Objects final : public kvm::Table {
public:
    std::shared_ptr<kvm::Object> find(pid_t thread, int number) override {
        struct stat status{};
        auto const path = "/proc/" + std::to_string(thread) + "/fd/" + std::to_string(number);
        if (::stat(path.c_str(), &status) != 0) return nullptr;
        auto const found = objects_.find(status.st_ino);
        return found == objects_.end() ? nullptr : found->second;
    }
    void add(std::shared_ptr<kvm::Object> object) override {
        auto const inode = object->inode();
        objects_[inode] = std::move(object);
    }
    /// The target has its end now.
    void given(int theirs) {
        for (auto const& [inode, object] : objects_)
            if (object->theirs() == theirs) object->given();
    }
    /// Those whose end the loop watches.
    std::vector<pollfd> watched() const {
        std::vector<pollfd> result;
        for (auto const& [inode, object] : objects_)
            if (object->ends() >= 0)
                result.push_back({.fd = object->ends(), .events = POLLIN, .revents = 0});
        return result;
    }
    void close(int ours) {
        auto const found = std::ranges::find_if(objects_, [=](auto const& entry) {
            return entry.second->ends() == ours;
        });
        if (found == objects_.end()) return;
        auto const object = found->second;
        objects_.erase(found);
        if (auto const vm = std::dynamic_pointer_cast<kvm::Vm>(object))
            for (auto const& vcpu : vm->vcpus()) objects_.erase(vcpu->inode());
    }
    template <class Do> void each_running(Do what) const {
        for (auto const& [inode, object] : objects_)
            if (auto const vcpu = std::dynamic_pointer_cast<kvm::Vcpu>(object);
                vcpu && vcpu->running_call() != 0)
                what(*vcpu);
    }

private:
    std::map<std::uint64_t, std::shared_ptr<kvm::Object>> objects_;
};

// What the host's kernel says in files, where it has such a processor; empty: nothing of this name.
// The parameters of its module, and the accounts of its cgroup controller misc
// (Documentation/admin-guide/cgroup-v2.rst), in which an SNP guest is one with encrypted state.
std::string said_in(std::string_view path) {
    auto const lines = [](std::uint64_t encrypted_state) {
        return "sev 0\nsev_es " + std::to_string(encrypted_state) + "\n";
    };
    bool const on = !Conditions::own().has("no-snp");
    if (path.starts_with("/sys/module/kvm_amd/parameters/sev")) {
        auto const which = path.substr(std::string_view{"/sys/module/kvm_amd/parameters/"}.size());
        if (which == "sev" || which == "sev_es" || which == "sev_snp") return on ? "Y\n" : "N\n";
    }
    if (path == "/sys/fs/cgroup/misc.capacity" && on) return lines(snp::asids());
    if (path == "/sys/fs/cgroup/misc.current" && on) return lines(snp::asids_used);
    return {};
}

std::string path_of(Call const& call) {
    std::array<char, 64> text{};
    // The devices' names are short; a page may end behind them.
    for (std::size_t size = text.size() - 1; size > 0; --size)
        if (read_memory(
                call.thread, call.arguments[1], std::as_writable_bytes(std::span{text}.first(size))
            ))
            return text.data();
    return {};
}

class Server {
public:
    explicit Server(Listener& listener) : listener_{listener} {}
    void loop();

private:
    void handle(Call const&);
    void open(Call const&);
    template <class Device> void give_device(Call const&);
    void answer(Call const&, kvm::Reply const&);
    bool wait();

    Listener& listener_;
    Objects objects_;
};

template <class Device> void Server::give_device(Call const& call) {
    auto device = std::make_shared<Device>();
    listener_.give(call.id, device->theirs(), true);
    device->given();
    objects_.add(std::move(device));
}

void Server::open(Call const& call) {
    auto const path = path_of(call);
    auto const& conditions = Conditions::own();
    if (path == "/dev/kvm" && conditions.has("no-kvm")) return listener_.answer(call.id, -ENOENT);
    if (path == "/dev/kvm" && conditions.has("kvm-denied"))
        return listener_.answer(call.id, -EACCES);
    if (path == "/dev/sev" && (conditions.has("no-sev") || conditions.has("no-snp")))
        return listener_.answer(call.id, -ENOENT);
    if (path == "/dev/sev" && conditions.has("sev-denied"))
        return listener_.answer(call.id, -EACCES);
    if (path == "/dev/kvm") return give_device<kvm::System>(call);
    if (path == "/dev/sev") return give_device<snp::Device>(call);
    if (auto const said = said_in(path); !said.empty()) {
        auto const text = Pages::create("tee-model:text", page_size);
        std::ranges::copy(std::as_bytes(std::span{said}), text.bytes().begin());
        if (::ftruncate(text.file(), static_cast<off_t>(said.size())) == 0) {
            listener_.give(call.id, text.file(), true);
            return;
        }
    }
    listener_.let_pass(call.id);
}

void Server::answer(Call const& call, kvm::Reply const& reply) {
    using Kind = kvm::Reply::Kind;
    if (reply.kind == Kind::Value) listener_.answer(call.id, reply.value);
    if (reply.kind == Kind::Gift) listener_.give(call.id, reply.gift, true);
}

void Server::handle(Call const& call) {
    if (call.number == SYS_openat) return open(call);
    if (call.number == SYS_madvise) {
        kvm::Turn const turn;
        if (SharedMemory::discard(call.thread, call.arguments[0], call.arguments[1]))
            return listener_.answer(call.id, 0);
        return listener_.let_pass(call.id);
    }
    auto const object = objects_.find(call.thread, static_cast<int>(call.arguments[0]));
    if (!object) return listener_.let_pass(call.id);
    if (call.number == SYS_fallocate) {
        kvm::Turn const turn;
        auto const outcome = object->fallocate(
            static_cast<int>(call.arguments[1]), call.arguments[2], call.arguments[3]
        );
        return outcome ? listener_.answer(call.id, *outcome) : listener_.let_pass(call.id);
    }
    kvm::Context context{.listener = listener_, .call = call, .table = objects_};
    auto const failure = Conditions::own().failing(context.request());
    auto const reply = failure != 0 ? kvm::Reply{-failure} : object->ioctl(context);
    log_step(
        "tee-model: ioctl %#x (%#lx) of %d by %d: %s %ld\n",
        context.request(),
        context.argument(),
        static_cast<int>(call.arguments[0]),
        call.thread,
        reply.kind == kvm::Reply::Kind::Value ? "value" : "object",
        reply.value
    );
    answer(call, reply);
    if (reply.kind == kvm::Reply::Kind::Gift) objects_.given(reply.gift);
}

// False: nobody is left who could call.
bool Server::wait() {
    auto polled = objects_.watched();
    polled.push_back({.fd = listener_.number(), .events = POLLIN, .revents = 0});
    bool running = false;
    objects_.each_running([&](kvm::Vcpu&) { running = true; });
    ::poll(polled.data(), polled.size(), running ? signal_check_ms : -1);
    objects_.each_running([&](kvm::Vcpu& vcpu) {
        auto const call = vcpu.running_call();
        if (call != 0 && !listener_.waits(call)) vcpu.interrupt();
    });
    auto const listener = polled.back();
    polled.pop_back();
    for (auto const& one : polled)
        if ((one.revents & (POLLHUP | POLLIN)) != 0) objects_.close(one.fd);
    if ((listener.revents & POLLIN) != 0)
        if (auto const call = listener_.receive()) handle(*call);
    return (listener.revents & POLLHUP) == 0;
}

void Server::loop() {
    while (wait()) {
    }
}

} // namespace

void serve(Listener& listener) { Server{listener}.loop(); }

} // namespace model::front
