// Reads an application's file.

#include "keep/exec/workload/application.hpp"

#include "os/check.hpp"
#include "os/write_all.hpp"

#include <array>
#include <string>

#include <unistd.h>

namespace exec {

namespace {

constexpr std::uint64_t most_bytes = 512ULL << 20;

os::Failure unreadable(std::string_view name, base::Errno error) {
    auto const file = '\'' + std::string{name} + '\'';
    if (error == base::Errno::FBig)
        return {.name = "application-too-large", .text = file + " is larger than 512 MiB"};
    if (error == base::Errno::NoMem)
        return {.name = "out-of-memory", .text = "no memory to read " + file};
    if (error == base::Errno::IsDir)
        return {.name = "application-unreadable", .text = file + " is a directory"};
    return {
        .name = "application-unreadable",
        .text = file + " cannot be read: " + std::string{os::description(error)}
    };
}

// A large file that is no application is refused without reading it all.
base::Result<package::Format> peek(int descriptor) {
    std::array<std::byte, 64> front{};
    auto const got = os::check(::pread(descriptor, front.data(), front.size(), 0));
    if (!got && got.error() == base::Errno::SPipe)
        return package::Format::Text; // a pipe: read it to know
    return package::recognise(std::span{front}.first(static_cast<std::size_t>(TRY(got))));
}

} // namespace

os::OrFailure<Application> read_application(int descriptor, std::string_view name) {
    auto const front = peek(descriptor);
    if (!front) return std::unexpected(unreadable(name, front.error()));
    auto file = os::read_file(descriptor, *front == package::Format::Other ? 64 << 10 : most_bytes);
    bool const other =
        *front == package::Format::Other && !file && file.error() == base::Errno::FBig;
    if (!file && !other) return std::unexpected(unreadable(name, file.error()));
    auto const format = other ? package::Format::Other : package::recognise(file->view());
    if (format == package::Format::Other)
        return std::unexpected(
            os::Failure{
                .name = "module-invalid",
                .text = '\'' + std::string{name} + "' is " +
                        std::string{other ? "no WebAssembly" : package::other_format(file->view())}
            }
        );
    return Application{.file = std::move(*file), .format = format};
}

os::Failure component_failure() {
    return {
        .name = "component-unsupported",
        .text = "the application is a component, not a module of WASI preview 1"
    };
}

} // namespace exec
