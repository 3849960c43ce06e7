// Makes the plan true: opens what it names and gives it the numbers that it says.

#include "keep/exec/workload/prepare.hpp"

#include "keep/exec/net/preopened.hpp"
#include "keep/exec/workload/mounts.hpp"
#include "os/write_all.hpp"

#include <optional>
#include <string>
#include <utility>

namespace exec {

namespace {

using Configuration = std::optional<package::Configuration>;

std::vector<std::string> copies(std::vector<std::string_view> const& views) {
    return {views.begin(), views.end()};
}

os::OrFailure<Configuration> read_configuration(Orders const& orders) {
    if (!orders.configuration) return Configuration{};
    auto parsed = package::parse_configuration(*orders.configuration);
    if (parsed) return Configuration{std::move(*parsed)};
    auto const& error = parsed.error();
    return std::unexpected(
        os::Failure{
            .name = "configuration-invalid",
            .text = "Enarx.toml:" + std::to_string(error.line) + ':' +
                    std::to_string(error.column) + ": " + error.message,
            .hint = error.hint
        }
    );
}

package::CommandLine command_line(Orders const& orders) {
    package::CommandLine line{.program = std::string{orders.module_name}};
    if (!orders.invoke) line.args = copies(orders.args);
    line.env = copies(orders.env);
    for (auto const& directory : orders.directories) line.directories.emplace_back(directory.path);
    line.max_memory = orders.max_memory;
    return line;
}

// Puts one planned descriptor after the other into the context.
class Opener {
public:
    Opener(Orders const& orders, Configuration const& configuration, wasi::Context& context)
        : orders_{orders}, configuration_{configuration}, context_{context}, mounts_{orders} {}

    os::OrFailure<void> open(package::PlannedDescriptor const& planned) {
        return std::visit(
            [&](auto const& role) { return open(role, planned.number); }, planned.role
        );
    }

private:
    os::OrFailure<void> open(package::Nowhere /*role*/, std::uint32_t number) {
        return added(context_.add_null(number));
    }

    os::OrFailure<void> open(package::StandardStream stream, std::uint32_t number) {
        auto const at = context_.add_stdio(stream.number, number);
        // A stream that is closed reads as empty and forgets what is written, as a shell's `>&-`
        // has it.
        if (!at && at.error() == base::Errno::BadF) return added(context_.add_null(number));
        return added(at);
    }

    os::OrFailure<void> open(package::FromCommandLine from, std::uint32_t number) {
        auto const& ordered = orders_.directories.at(from.directory);
        return add(TRY(mounts_.open(ordered)), std::string{ordered.path}, false, number);
    }

    os::OrFailure<void> open(package::FromConfiguration from, std::uint32_t number) {
        auto const& file = configuration_->files.at(from.file);
        if (auto const* listen = std::get_if<package::Listen>(&file))
            return added(context_.add_listener(
                TRY(net::make_listener(*listen, identity_)), wasi::fd_flag::nonblock, number
            ));
        if (auto const* connect = std::get_if<package::Connect>(&file))
            return added(
                context_.add_connection(TRY(net::make_connection(*connect, identity_)), 0, number)
            );
        auto const& wanted = std::get<package::Directory>(file);
        return add(
            TRY(mounts_.open(wanted)), wanted.path, wanted.mode == package::Mode::ReadOnly, number
        );
    }

    os::OrFailure<void>
    add(std::unique_ptr<vfs::Directory> directory,
        std::string path,
        bool read_only,
        std::uint32_t number) {
        return added(
            context_.add_directory(std::move(directory), std::move(path), read_only, number)
        );
    }

    static os::OrFailure<void> added(base::Result<wasi::Fd> const& fd) {
        if (fd) return {};
        return std::unexpected(
            os::Failure{
                .name = "descriptor-limit",
                .text = "the application cannot be given its descriptors: " +
                        std::string{os::description(fd.error())}
            }
        );
    }

    Orders const& orders_;
    Configuration const& configuration_;
    wasi::Context& context_;
    Mounts mounts_;
    net::Identity identity_;
};

wasi::Limits limits_of(Configuration const& configuration) {
    if (!configuration) return {};
    return {
        .open_files = configuration->limits.open_files, .sockets = configuration->limits.sockets
    };
}

} // namespace

os::OrFailure<Prepared> prepare(Orders const& orders) {
    auto const configuration = TRY(read_configuration(orders));
    Prepared prepared;
    auto plan = package::make_plan(configuration, command_line(orders));
    prepared.context = std::make_unique<wasi::Context>(limits_of(configuration));
    prepared.context->args = std::move(plan.argv);
    prepared.context->environ = std::move(plan.environment);
    prepared.max_memory = plan.max_memory;
    Opener opener{orders, configuration, *prepared.context};
    for (auto const& descriptor : plan.descriptors) TRY(opener.open(descriptor));
    if (orders.invoke)
        prepared.entry = {.invoke = std::string{*orders.invoke}, .arguments = copies(orders.args)};
    return prepared;
}

} // namespace exec
