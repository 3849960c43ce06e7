// Makes the plan true: opens what it names and gives it the numbers that it says.

#include "keep/exec/workload/prepare.hpp"

#include <string>

namespace exec {

namespace {

std::vector<std::string> copies(std::vector<std::string_view> const& views) {
    return {views.begin(), views.end()};
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

os::OrFailure<Prepared> prepare(Orders const& orders) {
    Prepared prepared;
    prepared.plan = package::make_plan({}, command_line(orders));
    prepared.context = std::make_unique<wasi::Context>();
    prepared.context->args = prepared.plan.argv;
    prepared.context->environ = prepared.plan.environment;
    for (auto const& descriptor : prepared.plan.descriptors)
        if (auto const* stream = std::get_if<package::StandardStream>(&descriptor.role))
            (void)prepared.context->add_stdio(stream->number, descriptor.number);
    if (orders.invoke) prepared.entry = {std::string{*orders.invoke}, copies(orders.args)};
    return prepared;
}

} // namespace exec
