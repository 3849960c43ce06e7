#include "service/signer/process.hpp"

#include "os/check.hpp"
#include "os/socket.hpp"
#include "protocol/failure/failure.hpp"

#include <array>
#include <climits>
#include <csignal>

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace service {

namespace {

namespace wire = protocol::signer;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto patience = 10s;  // with a token that signs, and with one that logs in
constexpr auto between = 500ms; // two starts

os::Failure unavailable(std::string text) {
    return {.name = "signer-unavailable", .text = std::move(text)};
}

// Beside this program, or below the folder beside it.
os::OrFailure<std::string> find_program() {
    std::array<char, PATH_MAX> own{};
    auto const size = ::readlink("/proc/self/exe", own.data(), own.size());
    std::string folder{own.data(), static_cast<std::size_t>(size < 0 ? 0 : size)};
    folder.resize(std::min(folder.rfind('/'), folder.size()));
    for (auto const* const place :
         {"/libexec/enarx/enarx-signer", "/../libexec/enarx/enarx-signer"})
        if (auto path = folder + place; ::access(path.c_str(), X_OK) == 0) return path;
    return std::unexpected(
        os::Failure{
            .name = "part-missing",
            .text = "'enarx-signer' does not lie in libexec/enarx/ beside '" + folder + '\''
        }
    );
}

// Readable or writable before that time.
bool wait(int socket, short events, Clock::time_point end) {
    pollfd one{.fd = socket, .events = events, .revents = 0};
    while (true) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        if (left <= 0ms) return false;
        auto const ready = os::poll(std::span{&one, 1}, left);
        if (ready) return *ready > 0;
        if (ready.error() != base::Errno::Intr) return false;
    }
}

bool send_all(int socket, base::View message, Clock::time_point end) {
    while (!message.empty()) {
        if (!wait(socket, POLLOUT, end)) return false;
        auto const sent = os::send(socket, message, MSG_DONTWAIT);
        if (!sent && sent.error() != base::Errno::Again && sent.error() != base::Errno::Intr)
            return false;
        if (sent) message = message.subspan(*sent);
    }
    return true;
}

bool receive_all(int socket, std::span<std::byte> out, Clock::time_point end) {
    while (!out.empty()) {
        if (!wait(socket, POLLIN, end)) return false;
        auto const got = os::receive(socket, out, MSG_DONTWAIT);
        if (!got && got.error() != base::Errno::Again && got.error() != base::Errno::Intr)
            return false;
        if (got && *got == 0) return false;
        if (got) out = out.subspan(*got);
    }
    return true;
}

// posix_spawn's own two objects, given back when this goes.
class SpawnPlan {
public:
    SpawnPlan() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
    }
    SpawnPlan(SpawnPlan const&) = delete;
    SpawnPlan& operator=(SpawnPlan const&) = delete;
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    // No signal blocked, and a group of its own: Ctrl-C is for the service, which ends it.
    base::Result<pid_t> start(char const* program, char* const* words, int input) {
        sigset_t none{};
        ::sigemptyset(&none);
        sigset_t ordinary{};
        ::sigemptyset(&ordinary);
        ::sigaddset(&ordinary, SIGPIPE);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &ordinary);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        );
        ::posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
        pid_t out = 0;
        int const error = ::posix_spawn(&out, program, &actions_, &attributes_, words, environ);
        if (error != 0) return std::unexpected(base::Errno{error});
        return out;
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

} // namespace

SignerProcess::~SignerProcess() { end(); }

void SignerProcess::end() {
    if (!running_) return;
    auto const process = running_->process;
    running_.reset(); // with the socket it goes by itself; a token that hangs does not let it
    ::kill(process, SIGKILL);
    (void)os::retry([&] { return ::waitpid(process, nullptr, 0); });
}

os::OrFailure<void> SignerProcess::start() {
    auto const now = Clock::now();
    if (started_ && now - *started_ < between)
        return std::unexpected(unavailable(
            "the signer has ended soon after it was started; another one comes in a moment"
        ));
    started_ = now;
    auto const program = TRY(find_program());
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return std::unexpected(unavailable("the system gives no socket for the signer"));
    os::Fd ours{ends[0]};
    os::Fd const its{ends[1]};
    bool const root = role_ == SignerRole::Root;
    std::vector<std::string> words{
        "enarx-signer",
        "--module",
        settings_.module,
        "--token",
        settings_.token,
        "--key",
        root ? settings_.root_key : settings_.intermediate_key,
        "--pin-file",
        settings_.pin_file,
        "--issues",
        root ? "authorities" : "leaves"
    };
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    SpawnPlan plan;
    auto const process = plan.start(program.c_str(), pointers.data(), its.number());
    if (!process)
        return std::unexpected(unavailable(
            "the signer does not start: " + std::string{os::description(process.error())}
        ));
    running_.emplace(*process, std::move(ours));
    return {};
}

// Nothing instead of a failure: it has gone, or does not answer.
base::Result<std::vector<std::byte>, std::optional<os::Failure>>
SignerProcess::exchange(base::View message, wire::Kind wanted) {
    auto const until = Clock::now() + patience;
    auto const socket = running_->socket.number();
    base::Bytes<wire::head_size> bytes{};
    if (!send_all(socket, message, until) || !receive_all(socket, bytes, until))
        return std::unexpected(std::nullopt);
    auto const head = wire::decode_head(bytes, wire::largest_answer);
    if (!head) return std::unexpected(std::nullopt);
    std::vector<std::byte> body(head->body);
    if (!receive_all(socket, body, until)) return std::unexpected(std::nullopt);
    if (head->kind == wanted) return body;
    auto const refusal = wire::decode_refusal(body);
    auto const* const kind = head->kind == wire::Kind::Refusal && refusal
                                 ? protocol::find_failure(refusal->name)
                                 : nullptr;
    if (kind == nullptr) return std::unexpected(std::nullopt);
    return std::unexpected(os::Failure{.name = kind->name, .text = refusal->text});
}

os::OrFailure<std::vector<std::byte>>
SignerProcess::ask(wire::Kind question, base::View body, wire::Kind wanted) {
    std::unique_lock const lock{mutex_, patience};
    if (!lock) return std::unexpected(unavailable("too many certificates wait for the token"));
    if (refused_) return std::unexpected(*refused_);
    if (body.size() > wire::largest_body)
        return std::unexpected(
            os::Failure{.name = "signer-refused", .text = "it is larger than what the signer takes"}
        );
    auto const message = wire::encode(question, body);
    constexpr int tries = 2; // the one that ran may have been killed since
    for (int i = 0; i < tries; ++i) {
        bool const ran = running_.has_value();
        if (!ran) TRY(start());
        auto out = exchange(message, wanted);
        if (out) return *std::move(out);
        auto const failure = std::move(out).error();
        if (failure && failure->name == "signer-refused") return std::unexpected(*failure);
        end();
        if (failure && failure->name == "signer-pin-refused") refused_ = failure;
        if (failure) return std::unexpected(*failure);
        if (!ran) break; // a new one that does not answer either
    }
    return std::unexpected(unavailable("the signer does not answer, or has ended"));
}

void SignerProcess::tend() {
    std::unique_lock const lock{mutex_, std::try_to_lock};
    if (!lock || refused_ || !running_) return; // nobody has asked yet, or will again
    siginfo_t information{};
    auto const process = static_cast<id_t>(running_->process);
    if (::waitid(P_PID, process, &information, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        information.si_pid == 0)
        return;
    end();
    (void)start(); // what keeps it from starting is told to who asks next
}

} // namespace service
