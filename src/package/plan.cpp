#include "package/plan.hpp"

#include <algorithm>

namespace package {

namespace {

constexpr std::size_t streams = 3; // descriptors 0 to 2

bool directory(File const& file) { return std::holds_alternative<Directory>(file); }

bool stream(File const& file) {
    return std::holds_alternative<Null>(file) || std::holds_alternative<Stdin>(file) ||
           std::holds_alternative<Stdout>(file) || std::holds_alternative<Stderr>(file);
}

std::string guest_path(std::string path) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
}

// The file's directories, then those of --dir; each path once.
std::vector<File>
directories_of(std::vector<File> const& files, std::vector<std::string> const& wished) {
    std::vector<File> out;
    std::ranges::copy_if(files, std::back_inserter(out), directory);
    for (auto const& wish : wished) {
        Directory added{
            .path = guest_path(wish),
            .source = Source::Host,
            .host_path = "",
            .mode = Mode::ReadWrite
        };
        auto const same = std::ranges::find_if(out, [&](File const& file) {
            return std::get<Directory>(file).path == added.path;
        });
        if (same != out.end())
            *same = std::move(added);
        else
            out.emplace_back(std::move(added));
    }
    return out;
}

std::vector<File> lay_out(std::vector<File> const& files, std::vector<std::string> const& wished) {
    bool const by_index = std::ranges::any_of(files, stream);
    std::vector<File> out{Stdin{"stdin"}, Stdout{"stdout"}, Stderr{"stderr"}};
    std::size_t used = streams;
    if (by_index) {
        used = 0;
        for (std::size_t i = 0; i < streams; ++i) {
            bool const taken = i < files.size() && !directory(files[i]);
            out[i] = taken ? files[i] : File{Null{"null"}};
            if (taken) used = i + 1;
        }
    }
    auto const directories = directories_of(files, wished);
    std::ranges::copy(directories, std::back_inserter(out));
    auto const rest = std::ranges::subrange(
        files.begin() + static_cast<std::ptrdiff_t>(by_index ? std::min(streams, files.size()) : 0),
        files.end()
    );
    std::ranges::copy_if(rest, std::back_inserter(out), [](File const& file) {
        return !directory(file);
    });
    if (out.size() == streams)
        out.resize(used, Null{"null"}); // numbers above the last entry stay closed
    return out;
}

// FD_NAMES joins the names with ':', so a directory's path gives its colons up.
std::string name_of(File const& file) {
    auto name = std::visit(
        []<class T>(T const& entry) {
            if constexpr (requires { entry.name; })
                return entry.name;
            else
                return entry.path;
        },
        file
    );
    std::ranges::replace(name, ':', '_');
    return name;
}

std::string names_of(std::vector<File> const& descriptors) {
    std::string out;
    for (std::size_t i = 0; i < descriptors.size(); ++i)
        out += (i > 0 ? ":" : "") + name_of(descriptors[i]);
    return out;
}

} // namespace

Plan make_plan(Configuration configuration, CommandLine command_line) {
    Plan plan;
    plan.args.push_back(std::move(command_line.name));
    auto& rest = command_line.arguments.empty() ? configuration.args : command_line.arguments;
    std::ranges::move(rest, std::back_inserter(plan.args));

    plan.descriptors = lay_out(configuration.files, command_line.directories);

    plan.env = std::move(configuration.env);
    for (auto& [name, value] : command_line.env) plan.env.insert_or_assign(name, std::move(value));
    plan.env.insert_or_assign("FD_COUNT", std::to_string(plan.descriptors.size()));
    plan.env.insert_or_assign("FD_NAMES", names_of(plan.descriptors));

    plan.limits = configuration.limits;
    if (command_line.memory) plan.limits.memory = command_line.memory;
    return plan;
}

} // namespace package
