// The rules by which a configuration and a command line become one start.

#include "package/plan/plan.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace package {

namespace {

struct Named {
    Role role;
    std::string name;
};

template <class... Fs> struct Overloaded : Fs... {
    using Fs::operator()...;
};

bool stream_or_null(File const& file) {
    return !std::holds_alternative<Listen>(file) && !std::holds_alternative<Connect>(file) &&
           !std::holds_alternative<Directory>(file);
}

// FD_NAMES separates names by colons.
std::string directory_name(std::string path) {
    std::ranges::replace(path, ':', '_');
    return path;
}

Named describe(File const& file, std::size_t index) {
    return std::visit(
        Overloaded{
            [](Null const& f) { return Named{.role = Nowhere{}, .name = f.name}; },
            [](Stdin const& f) { return Named{.role = StandardStream{0}, .name = f.name}; },
            [](Stdout const& f) { return Named{.role = StandardStream{1}, .name = f.name}; },
            [](Stderr const& f) { return Named{.role = StandardStream{2}, .name = f.name}; },
            [&](Directory const& f) {
                return Named{.role = FromConfiguration{index}, .name = directory_name(f.path)};
            },
            [&](auto const& f) { return Named{FromConfiguration{index}, f.name}; },
        },
        file
    );
}

// All descriptors by number, with their names.
std::vector<Named> lay_out(std::vector<File> const& files, CommandLine const& command_line) {
    std::vector<Named> others;
    std::vector<Named> directories;
    if (std::ranges::none_of(files, stream_or_null))
        others = {
            {.role = StandardStream{0}, .name = "stdin"},
            {.role = StandardStream{1}, .name = "stdout"},
            {.role = StandardStream{2}, .name = "stderr"}
        };
    for (std::size_t i = 0; i < files.size(); ++i)
        (std::holds_alternative<Directory>(files[i]) ? directories : others)
            .push_back(describe(files[i], i));
    for (std::size_t i = 0; i < command_line.directories.size(); ++i)
        directories.push_back(
            {.role = FromCommandLine{i}, .name = directory_name(command_line.directories[i])}
        );

    constexpr std::size_t first_directory = 3;
    if (!directories.empty() && others.size() < first_directory) others.resize(first_directory);
    auto const at =
        others.begin() + static_cast<std::ptrdiff_t>(std::min(first_directory, others.size()));
    others.insert(at, directories.begin(), directories.end());
    return others;
}

std::string names_of(std::vector<Named> const& descriptors) {
    std::string names;
    for (auto const& descriptor : descriptors) {
        if (&descriptor != descriptors.data()) names += ':';
        names += descriptor.name;
    }
    return names;
}

std::vector<std::string> merge_environment(
    std::map<std::string, std::string> values, std::vector<std::string> const& command_line
) {
    for (auto const& pair : command_line) {
        auto const equals = std::min(pair.find('='), pair.size());
        values[pair.substr(0, equals)] = equals == pair.size() ? "" : pair.substr(equals + 1);
    }
    std::vector<std::string> pairs;
    for (auto const& [key, value] : values) pairs.push_back(key + '=' + value);
    return pairs;
}

} // namespace

Plan make_plan(std::optional<Configuration> const& configuration, CommandLine const& command_line) {
    auto const config = configuration.value_or(Configuration{});
    auto const descriptors = lay_out(config.files, command_line);
    Plan plan;

    plan.argv.push_back(command_line.program);
    auto const& args = command_line.args.empty() ? config.args : command_line.args;
    plan.argv.insert(plan.argv.end(), args.begin(), args.end());

    auto env = config.env; // what it says of FD_COUNT and FD_NAMES counts
    if (configuration) {
        env.emplace("FD_COUNT", std::to_string(descriptors.size()));
        env.emplace("FD_NAMES", names_of(descriptors));
    }
    plan.environment = merge_environment(std::move(env), command_line.env);

    for (std::size_t number = 0; number < std::max<std::size_t>(descriptors.size(), 3); ++number)
        plan.descriptors.push_back(
            {.number = static_cast<std::uint32_t>(number),
             .role = number < descriptors.size() ? descriptors[number].role : Nowhere{}}
        );
    plan.max_memory = command_line.max_memory ? command_line.max_memory : config.limits.memory;
    return plan;
}

} // namespace package
