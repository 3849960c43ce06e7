#include "host/cli/exec/exec.hpp"

#include "host/cli/report.hpp"
#include "host/cli/run/keep_options.hpp"
#include "host/cli/run/wishes.hpp"
#include "host/vmm/backend/kvm/kvm.hpp"
#include "host/vmm/backend/pick.hpp"

#include <unistd.h>

namespace host::cli {

namespace {

class ExecUse : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<vmm::ProgramOrder> order(Global const& global) const;

    GivenKeep keep_;
    std::vector<std::string> directories_;
    std::vector<std::string> environment_;
    bool sockets_ = false;
    std::optional<std::string> max_memory_;
    std::optional<std::string> max_threads_;
    std::optional<std::string> timeout_;
    std::optional<std::string> program_;
    std::vector<std::string> arguments_;
};

// DIRECTORY, or DIRECTORY:ro.
os::OrFailure<vmm::ProgramOrder::Folder> folder(std::string_view wish) {
    constexpr std::string_view read_only = ":ro";
    bool const only_read = wish.ends_with(read_only);
    if (only_read) wish.remove_suffix(read_only.size());
    return vmm::ProgramOrder::Folder{
        TRY(open_directory(std::string{wish})),
        only_read ? vmm::Rights::ReadOnly : vmm::Rights::ReadWrite
    };
}

Syntax ExecUse::syntax(Global& global) {
    Syntax syntax{
        .options =
            {
                {.name = "--dir",
                 .value = "DIRECTORY[:ro]",
                 .help = "Give the program an open directory of the host: the first as descriptor "
                         "3, the next as 4, ... With :ro it can change nothing in it. Can be "
                         "repeated.",
                 .target = &directories_,
                 .completion = Completion::Folder},
                {.name = "--env",
                 .value = "NAME[=VALUE]",
                 .help = "Set a variable in the program's environment, or take it over from the "
                         "host's. Can be repeated.",
                 .target = &environment_},
                {.name = "--sockets",
                 .help = "Let the program make and accept connections of the Internet.",
                 .target = &sockets_},
                {.name = "--max-memory",
                 .value = "SIZE",
                 .help = "The most memory of the Keep: bytes, or with K, M, G, T.",
                 .target = &max_memory_},
                {.name = "--max-threads",
                 .value = "COUNT",
                 .help = "The most threads at the same time, 1 to 256. Default: 64.",
                 .target = &max_threads_},
                {.name = "--timeout",
                 .value = "TIME",
                 .help = "End the program after this time: seconds, or with ms, s, m, h.",
                 .target = &timeout_},
            },
        .operands =
            {
                {.name = "PROGRAM",
                 .help = "The program: a static-pie.",
                 .target = &program_,
                 .completion = Completion::File},
                {.name = "ARGUMENT",
                 .help = "Arguments of the program.",
                 .target = &arguments_,
                 .required = false},
            },
        .ends_at_operand = true,
    };
    add_keep_options(syntax.options, keep_);
    for (auto& option : log_options(global)) syntax.options.push_back(std::move(option));
    return syntax;
}

os::OrFailure<vmm::ProgramOrder> ExecUse::order(Global const& global) const {
    if (::access(program_->c_str(), F_OK) != 0)
        return failure("program-not-found", "there is no file '" + *program_ + '\'');
    vmm::ProgramOrder order{
        .program = *program_,
        .arguments = {*program_},
        .environment = {},
        .folders = {},
        .keep = keep_wish(keep_)
    };
    order.keep.log = TRY(log_wish(global));
    order.keep.network.everything = sockets_;
    order.arguments.insert(order.arguments.end(), arguments_.begin(), arguments_.end());
    for (auto const& wish : environment_) order.environment.push_back(TRY(variable(wish)));
    for (auto const& wish : directories_) order.folders.push_back(TRY(folder(wish)));
    if (max_memory_) order.memory_limit = TRY(memory_size(*max_memory_));
    if (max_threads_) order.max_threads = TRY(thread_count(*max_threads_));
    if (timeout_) order.timeout_ms = TRY(duration_ms(*timeout_));
    return order;
}

os::OrFailure<int> ExecUse::carry_out(Global const& global) {
    TRY(vmm::pick({.name = "kvm"}, vmm::backends(), vmm::Machine::real()));
    auto const wanted = TRY(order(global));
    return std::unexpected(vmm::launch_program(wanted));
}

} // namespace

std::unique_ptr<Use> use_exec() { return std::make_unique<ExecUse>(); }

} // namespace host::cli
