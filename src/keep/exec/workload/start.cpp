#include "keep/exec/workload/start.hpp"

#include <algorithm>
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

} // namespace

std::span<package::File const> PlannedStart::files() const {
    if (!configuration) return {};
    return configuration->files;
}

bool PlannedStart::has_directory_of(package::Source source) const {
    return std::ranges::any_of(files(), [source](package::File const& file) {
        auto const* directory = std::get_if<package::Directory>(&file);
        return directory != nullptr && directory->source == source;
    });
}

protocol::evidence::Digest PlannedStart::digest() const {
    return package::configuration_digest(
        {.plan = plan,
         .configuration = configuration,
         .command_line = command_line,
         .invocation = invocation}
    );
}

os::OrFailure<PlannedStart> plan_start(Orders const& orders) {
    PlannedStart start{
        .configuration = TRY(read_configuration(orders)),
        .command_line = command_line(orders),
        .invocation = {},
        .plan = {}
    };
    if (orders.invoke)
        start.invocation = {.name = std::string{*orders.invoke}, .arguments = copies(orders.args)};
    start.plan = package::make_plan(start.configuration, start.command_line);
    return start;
}

} // namespace exec
