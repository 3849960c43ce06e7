// Opens the file that is looked at.

#include "host/cli/inspect/recogniser.hpp"
#include "host/cli/report.hpp"
#include "host/cli/run/application.hpp"
#include "os/check.hpp"
#include "os/failure.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace host::cli {

namespace {

os::OrFailure<std::string>
read_front(std::string const& path, os::Fd const& file, std::size_t most) {
    std::string text;
    std::array<char, 16 << 10> buffer;
    while (text.size() < most) {
        auto const got = os::check(os::retry([&] {
            return ::pread(
                file.number(),
                buffer.data(),
                std::min(buffer.size(), most - text.size()),
                static_cast<off_t>(text.size())
            );
        }));
        if (!got)
            return failure(
                "file-unreadable",
                '\'' + path + "' cannot be read: " + std::string{os::description(got.error())}
            );
        if (*got == 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(*got));
    }
    return text;
}

} // namespace

std::string_view Subject::extension() const {
    auto const name = std::string_view{path}.substr(path.rfind('/') + 1);
    auto const dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
}

os::OrFailure<std::string> Subject::contents(std::size_t most) const {
    auto text = TRY(read_front(path, file, most + 1));
    if (text.size() > most)
        return failure("file-unknown", '\'' + path + "' is larger than a file of its kind may be");
    return text;
}

os::OrFailure<Subject> open_subject(std::string const& path) {
    struct ::stat status{};
    bool const folder = ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
    if (folder) {
        auto file = os::check_fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!file)
            return failure(
                "file-unreadable",
                '\'' + path + "' cannot be opened: " + std::string{os::description(file.error())}
            );
        return Subject{.path = path, .file = std::move(*file), .folder = true, .front = {}};
    }
    auto application = open_application(path);
    if (!application) {
        bool const missing = application.error().name == "module-not-found";
        return failure(missing ? "file-not-found" : "file-unreadable", application.error().text);
    }
    auto front = TRY(read_front(path, application->module, Subject::front_size));
    return Subject{
        .path = path,
        .file = std::move(application->module),
        .folder = false,
        .front = std::move(front)
    };
}

} // namespace host::cli
