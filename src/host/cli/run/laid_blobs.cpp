#include "host/cli/run/laid_blobs.hpp"

#include "host/cli/package/package_file.hpp"
#include "host/cli/report.hpp"
#include "os/check.hpp"
#include "os/write_all.hpp"

#include <csignal>
#include <filesystem>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace host::cli {

namespace {

namespace fs = std::filesystem;

std::unexpected<os::Failure> no_place(std::string const& path, std::string const& why) {
    return failure("output-failed", "the package cannot be laid out in '" + path + "': " + why);
}
std::unexpected<os::Failure> no_place(std::string const& path, base::Errno why) {
    return no_place(path, std::string{os::description(why)});
}

// Waits for the end of the process that the command is, and clears up. It holds nothing open that
// somebody waits for, and signals of the terminal are not for it.
[[noreturn]] void clear_up_after(int process, std::string const& folder) {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    auto const own = static_cast<unsigned>(process);
    if (own > 0) ::close_range(0, own - 1, 0);
    ::close_range(own + 1, ~0U, 0);
    ::prctl(PR_SET_NAME, "enarx-cleaner");
    pollfd ended{.fd = process, .events = POLLIN, .revents = 0};
    while (::poll(&ended, 1, -1) < 0 && errno == EINTR) {
    }
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    ::_exit(0);
}

os::OrFailure<void> start_cleaner(std::string const& folder) {
    // The wrapper of Debian 12's C library has no C linkage.
    os::Fd const ours{static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0))};
    if (!ours) return no_place(folder, os::last_error());
    // Nobody waits for it: what the command becomes has no other child.
    (void)std::signal(SIGCHLD, SIG_IGN);
    auto const child = os::check(::fork());
    if (!child) return no_place(folder, child.error());
    if (*child == 0) clear_up_after(ours.number(), folder);
    return {};
}

os::OrFailure<void>
lay(PackageFile const& package, std::string const& digest, std::string const& path) {
    os::Fd const file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!file) return no_place(path, os::last_error());
    constexpr std::size_t piece = std::size_t{1} << 20;
    auto const size = package.blobs().at(digest).size;
    for (std::uint64_t at = 0; at < size;) {
        auto const bytes = package.read(digest, at, piece);
        if (bytes.empty()) return no_place(path, "the package cannot be read to its end");
        auto const written = os::write_all(file.number(), bytes);
        if (!written) return no_place(path, written.error());
        at += bytes.size();
    }
    return {};
}

} // namespace

os::OrFailure<os::Fd> lay_blobs(std::string const& path) {
    auto const package = TRY(PackageFile::open(path));
    std::error_code error;
    auto const parent = fs::temp_directory_path(error);
    if (error) return no_place("the folder of temporary files", error.message());
    std::string folder = parent / "enarx-package-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) return no_place(folder, os::last_error());
    if (auto const started = start_cleaner(folder); !started) {
        fs::remove_all(folder, error);
        return std::unexpected(started.error());
    }
    constexpr std::string_view algorithm = "sha256:";
    for (auto const& [digest, blob] : package.blobs())
        TRY(lay(package, digest, folder + '/' + digest.substr(algorithm.size())));
    os::Fd out{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!out) return no_place(folder, os::last_error());
    return out;
}

} // namespace host::cli
