#include "host/cli/run/code_keeper.hpp"

#include "crypto/digest.hpp"
#include "host/cli/report.hpp"
#include "os/check.hpp"
#include "os/write_all.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <vector>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace host::cli {

namespace {

using base::Errno;
using base::Result;
using protocol::launch::ArtefactHeader;

Result<void> read_all(int stream, std::span<std::byte> to) {
    while (!to.empty()) {
        auto const got = os::retry([&] { return ::read(stream, to.data(), to.size()); });
        if (got < 0) return std::unexpected(os::last_error());
        if (got == 0) return std::unexpected(Errno::Io);
        to = to.subspan(static_cast<std::size_t>(got));
    }
    return {};
}

// Memory is taken as bytes come: a length alone costs nothing.
Result<std::vector<std::byte>> read_code(int stream, std::uint64_t length) {
    constexpr std::size_t first = 1 << 20;
    std::vector<std::byte> code;
    while (code.size() < length) {
        auto const before = code.size();
        code.resize(std::min<std::uint64_t>(length, std::max(first, before * 2)));
        TRY(read_all(stream, std::span{code}.subspan(before)));
    }
    return code;
}

Result<void> keep(int stream, Awaited const& awaited) {
    ArtefactHeader header{};
    TRY(read_all(stream, std::as_writable_bytes(std::span{&header, 1})));
    bool const wanted = protocol::launch::begins_artefact(header, awaited.module, header.length) &&
                        header.length <= awaited.most;
    if (!wanted) return std::unexpected(Errno::Proto);
    auto const code = TRY(read_code(stream, header.length));
    if (header.digest != crypto::sha256(code)) return std::unexpected(Errno::Proto);
    std::array<std::span<std::byte const>, 2> const parts{
        std::as_bytes(std::span{&header, 1}), code
    };
    return awaited.folder.write(awaited.name, parts);
}

// Nothing of what the command has open stays open here: no end of a pipe that somebody waits for.
void close_all_but(int one, int other) {
    auto const low = static_cast<unsigned>(std::min(one, other));
    auto const high = static_cast<unsigned>(std::max(one, other));
    if (low > 0) ::close_range(0, low - 1, 0);
    if (high > low + 1) ::close_range(low + 1, high - 1, 0);
    ::close_range(high + 1, ~0U, 0);
}

// Signals of the terminal are for the Keep: this process ends when the stream does.
[[noreturn]] void keep_and_end(int stream, Awaited const& awaited) {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    close_all_but(stream, awaited.folder.descriptor().number());
    ::prctl(PR_SET_NAME, "enarx-keeper");
    if (keep(stream, awaited)) (void)os::write_all(stream, base::view_of("k"));
    ::_exit(0);
}

} // namespace

os::OrFailure<os::Fd> start_code_keeper(Awaited const& awaited) {
    std::array<int, 2> ends{};
    auto const made = os::done(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()));
    auto const cannot = [](base::Errno why) {
        return failure(
            "cache-unavailable", "no process for it: " + std::string{os::description(why)}
        );
    };
    if (!made) return cannot(made.error());
    os::Fd ours{ends[0]};
    os::Fd const theirs{ends[1]};
    // Nobody waits for it: what the command becomes has no other child.
    (void)std::signal(SIGCHLD, SIG_IGN);
    auto const child = os::check(::fork());
    if (!child) return cannot(child.error());
    if (*child == 0) keep_and_end(theirs.number(), awaited);
    return ours;
}

} // namespace host::cli
