#include "host/cli/run/application.hpp"

#include "host/cli/report.hpp"
#include "os/check.hpp"
#include "os/read_file.hpp"
#include "os/write_all.hpp"
#include "package/wasm/format.hpp"

#include <array>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace host::cli {

namespace {

constexpr std::uint64_t most_bytes = 512ULL << 20;
constexpr std::string_view main_module = "main.wasm";

std::string quoted(std::string_view path) { return '\'' + std::string{path} + '\''; }

std::unexpected<os::Failure> not_opened(std::string const& path, base::Errno error) {
    if (error == base::Errno::NoEnt || error == base::Errno::NotDir)
        return failure(
            "module-not-found", quoted(path) + ": " + std::string{os::description(error)}
        );
    return failure(
        "application-unreadable",
        quoted(path) + " cannot be opened: " + std::string{os::description(error)}
    );
}

std::unexpected<os::Failure> too_large(std::string const& path) {
    return failure(
        "application-too-large",
        quoted(path) + " is larger than " + std::to_string(most_bytes >> 20) + " MiB"
    );
}

base::Result<std::uint64_t> copy(int from, int to) {
    std::array<std::byte, 64 << 10> buffer;
    std::uint64_t total = 0;
    while (total <= most_bytes) {
        auto const got =
            TRY(os::check(os::retry([&] { return ::read(from, buffer.data(), buffer.size()); })));
        if (got == 0) break;
        TRY(os::write_all(to, std::span{buffer}.first(static_cast<std::size_t>(got))));
        total += static_cast<std::uint64_t>(got);
    }
    return total;
}

// What can be read only once becomes a file.
os::OrFailure<os::Fd> in_memory(std::string const& path, int stream) {
    auto file = os::check_fd(::memfd_create("enarx-module", MFD_CLOEXEC));
    if (!file) return not_opened(path, file.error());
    auto const copied = copy(stream, file->number());
    if (!copied)
        return failure(
            "application-unreadable",
            quoted(path) + " cannot be read: " + std::string{os::description(copied.error())}
        );
    if (*copied == 0) return failure("module-invalid", quoted(path) + " is empty");
    if (*copied > most_bytes) return too_large(path);
    return std::move(*file);
}

os::OrFailure<os::Fd>
checked_module(std::string const& path, os::Fd file, struct ::stat const& status) {
    if (!S_ISREG(status.st_mode)) return in_memory(path, file.number());
    if (static_cast<std::uint64_t>(status.st_size) > most_bytes) return too_large(path);
    return file;
}

os::OrFailure<Application> open_folder(std::string const& path, os::Fd folder) {
    auto const inner = path + (path.ends_with('/') ? "" : "/") + std::string{main_module};
    auto file = os::check_fd(
        ::openat(folder.number(), std::string{main_module}.c_str(), O_RDONLY | O_CLOEXEC)
    );
    if (!file && file.error() == base::Errno::NoEnt)
        return failure(
            "application-unreadable",
            quoted(path) + " is a folder without " + std::string{main_module}
        );
    if (!file) return not_opened(inner, file.error());
    struct ::stat status{};
    if (auto const known = os::done(::fstat(file->number(), &status)); !known)
        return not_opened(inner, known.error());
    if (S_ISDIR(status.st_mode))
        return failure("application-unreadable", quoted(inner) + " is a folder");
    auto module = TRY(checked_module(inner, std::move(*file), status));
    return Application{std::move(module), std::string{main_module}, std::move(folder), path};
}

} // namespace

os::OrFailure<Application> open_application(std::string const& path) {
    if (path == "-")
        return Application{
            TRY(in_memory("standard input", STDIN_FILENO)), path, std::nullopt, path
        };
    auto file = os::check_fd(os::retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
    if (!file) return not_opened(path, file.error());
    struct ::stat status{};
    if (auto const known = os::done(::fstat(file->number(), &status)); !known)
        return not_opened(path, known.error());
    if (S_ISDIR(status.st_mode)) return open_folder(path, std::move(*file));
    auto module = TRY(checked_module(path, std::move(*file), status));
    return Application{std::move(module), path.substr(path.rfind('/') + 1), std::nullopt, path};
}

os::OrFailure<void> refuse_other_kinds(Application const& application) {
    constexpr std::size_t longest_magic = 8;
    constexpr std::size_t enough_text = 64 << 10; // may begin with white space
    auto first = os::read_first(application.module.number(), longest_magic);
    if (first && package::recognise(first->view()) != package::Format::Other) return {};
    if (first) first = os::read_first(application.module.number(), enough_text);
    if (!first) return not_opened(application.path, first.error());
    if (package::recognise(first->view()) != package::Format::Other) return {};
    return failure(
        "module-invalid",
        quoted(application.path) + " is " + std::string{package::other_format(first->view())}
    );
}

} // namespace host::cli
