#include "host/serve/state.hpp"

#include "os/check.hpp"

#include <array>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace host::serve {

namespace {

namespace fs = std::filesystem;
using base::Errno;

constexpr unsigned own_only = 0700;

std::unexpected<os::Failure> unusable(std::string const& path, std::string_view why) {
    return std::unexpected(
        os::Failure{
            .name = "state-unusable", .text = "the folder '" + path + "': " + std::string{why}
        }
    );
}

std::unexpected<os::Failure> unusable(std::string const& path, Errno why) {
    return unusable(
        path,
        why == Errno::Perm ? "it must be this user's own, with mode 0700" : os::description(why)
    );
}

os::OrFailure<std::string> absolute(std::string const& path) {
    std::error_code error;
    fs::create_directories(fs::path{path}.parent_path(), error); // what is wrong shows below
    if (::mkdir(path.c_str(), own_only) != 0 && errno != EEXIST)
        return unusable(path, os::last_error());
    auto out = fs::canonical(path, error).string();
    if (error) return unusable(path, Errno{error.value()});
    constexpr std::size_t behind = std::string_view{"/keeps/0123456789abcdef"}.size();
    if (out.size() + behind >= sizeof(sockaddr_un::sun_path))
        return unusable(path, "its path is too long for the sockets in it: 84 bytes at most");
    return out;
}

os::OrFailure<os::Fd> lock(os::Folder const& folder, std::string const& path) {
    auto file = os::check_fd(
        ::openat(folder.descriptor().number(), "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600)
    );
    if (!file) return unusable(path, file.error());
    if (::flock(file->number(), LOCK_EX | LOCK_NB) != 0)
        return unusable(path, "another `enarx serve` has it");
    return std::move(*file);
}

} // namespace

os::OrFailure<State> State::open(std::string const& given, std::string const& program) {
    auto const path = TRY(absolute(given));
    auto opened = os::check_fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) return unusable(path, opened.error());
    auto const folder = os::Folder::own(std::move(*opened));
    if (!folder) return unusable(path, folder.error());
    State made{path, TRY(lock(*folder, path))};

    std::error_code error;
    fs::remove_all(made.sockets(), error); // of a process that was killed with its sweeper
    auto const sockets = folder->own_folder("keeps");
    if (!sockets) return unusable(made.sockets(), sockets.error());
    auto const blobs = folder->own_folder("blobs");
    if (!blobs) return unusable(path + "/blobs", blobs.error());
    auto const sha256 = blobs->own_folder("sha256");
    if (!sha256) return unusable(made.blobs(), sha256.error());

    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return unusable(path, os::last_error());
    os::Fd const waits{ends[0]};
    made.alive_ = os::Fd{ends[1]};
    auto sweeper = start_child(
        {.program = program,
         .words = {"enarx", "serve-sweeper", made.sockets()},
         .environment = {},
         .input = waits.number(),
         .outlives = true}
    );
    if (!sweeper)
        return std::unexpected(
            os::Failure{
                .name = "launch-failed",
                .text = "a process of its own: " + std::string{os::description(sweeper.error())}
            }
        );
    made.sweeper_ = std::move(*sweeper);
    return made;
}

State::~State() {
    if (path_.empty() || !alive_) return;
    alive_ = os::Fd{};
    (void)reap(sweeper_); // it has removed the sockets then
}

void sweep_when_alone(std::string const& folder) {
    std::array<char, 16> nothing{};
    while (os::retry([&] { return ::read(STDIN_FILENO, nothing.data(), nothing.size()); }) > 0) {
    }
    std::error_code error;
    fs::remove_all(folder, error);
}

} // namespace host::serve
