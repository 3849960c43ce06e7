#include "host/cli/run/run.hpp"

#include "host/cli/report.hpp"
#include "host/cli/run/application.hpp"
#include "host/cli/run/code_cache.hpp"
#include "host/cli/run/configuration.hpp"
#include "host/cli/run/keep_options.hpp"
#include "host/cli/run/pull.hpp"
#include "host/cli/run/snp_options.hpp"
#include "host/cli/run/wishes.hpp"
#include "host/vmm/backend/pick.hpp"
#include "os/descriptor_limit.hpp"
#include "package/descriptors.hpp"

#include <algorithm>

namespace host::cli {

namespace {

using protocol::launch::Kind;
using vmm::LaunchOrder;

// As the user gave them.
struct Given {
    std::optional<std::string> backend;
    bool require_hardware = false;
    GivenKeep keep;
    GivenSnp snp;
    std::optional<std::string> configuration;
    std::vector<std::string> directories;
    std::vector<std::string> environment;
    std::optional<std::string> invoke;
    std::optional<std::string> max_memory;
    std::optional<std::string> timeout;
    bool timings = false;
    bool no_cache = false;
    bool digests = false;
    GivenPull pull;
    std::optional<std::string> application;
    std::vector<std::string> arguments;
};

class RunUse : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    vmm::Wish keep() const;
    os::OrFailure<LaunchOrder> pulled(Global const& global) const;
    os::OrFailure<LaunchOrder> order(vmm::Backend const& backend, Global const& global);
    os::OrFailure<void> add_wishes(LaunchOrder& order);
    void add_code(LaunchOrder& order, vmm::Backend const& backend, Global const& global) const;

    Given given_;
};

std::vector<Option> run_options(Given& given) {
    return {
        {.name = "--backend",
         .value = "NAME",
         .help = "The kind of Keep: snp (or sev), tdx, sgx, kvm, or nil for none. That one or an "
                 "error; without this option the best there is, and a line on standard error says "
                 "which.",
         .target = &given.backend,
         .environment = "ENARX_BACKEND"},
        {.name = "--require-hardware",
         .help = "A Keep that hardware protects, or an error.",
         .target = &given.require_hardware},
        {.name = "--config",
         .alias = "--wasmcfgfile",
         .value = "FILE",
         .help = "The configuration, instead of a folder's Enarx.toml; --wasmcfgfile is the same.",
         .target = &given.configuration,
         .environment = "ENARX_WASMCFGFILE",
         .completion = Completion::File},
        {.name = "--dir",
         .value = "HOST[::GUEST]",
         .help = "Give the application a directory of the host, under the name GUEST if one is "
                 "given. Can be repeated.",
         .target = &given.directories,
         .completion = Completion::Folder},
        {.name = "--env",
         .value = "NAME[=VALUE]",
         .help = "Set a variable in the application's environment, or take it over from the "
                 "host's. Can be repeated.",
         .target = &given.environment},
        {.name = "--invoke",
         .value = "FUNCTION",
         .help = "Call this export instead of _start; the arguments are its parameters.",
         .target = &given.invoke},
        {.name = "--max-memory",
         .value = "SIZE",
         .help = "What linear memories and files in memory may take together: bytes, or with K, M, "
                 "G, T.",
         .target = &given.max_memory},
        {.name = "--timeout",
         .value = "TIME",
         .help = "End the application after this time: seconds, or with ms, s, m, h.",
         .target = &given.timeout},
        {.name = "--timings",
         .help = "Show how long each phase of the start took.",
         .target = &given.timings},
        {.name = "--no-cache",
         .help = "Neither use nor store compiled code.",
         .target = &given.no_cache},
        {.name = "--digests",
         .help = "Start nothing: print the digests of workload and configuration that evidence of "
                 "this run would name.",
         .target = &given.digests},
    };
}

Syntax RunUse::syntax(Global& global) {
    Syntax syntax{
        .options = run_options(given_),
        .operands =
            {
                {.name = "APPLICATION",
                 .help = "The module, or the folder that holds it.",
                 .target = &given_.application,
                 .required = false,
                 .completion = Completion::File},
                {.name = "ARGUMENT",
                 .help = "Arguments of the application.",
                 .target = &given_.arguments,
                 .required = false},
            },
        .ends_at_operand = true,
    };
    add_pull_options(syntax.options, given_.pull);
    add_keep_options(syntax.options, given_.keep);
    add_snp_options(syntax.options, given_.snp);
    for (auto& option : log_options(global)) syntax.options.push_back(std::move(option));
    return syntax;
}

os::OrFailure<void> RunUse::add_wishes(LaunchOrder& order) {
    for (auto& argument : given_.arguments) order.add(Kind::Argument, std::move(argument));
    for (auto const& wish : given_.environment) order.add(Kind::Environment, TRY(variable(wish)));
    for (auto const& wish : given_.directories) TRY(add_directory(order, wish));
    if (given_.invoke) order.add(Kind::Invoke, *given_.invoke);
    if (given_.max_memory) order.add(Kind::MaxMemory, TRY(memory_size(*given_.max_memory)));
    if (given_.timeout) order.add(Kind::TimeoutMs, TRY(duration_ms(*given_.timeout)));
    return {};
}

// Without a place for a cache the application starts more slowly, but it starts. A Keep that
// attests takes no code but what an equal one has compiled and sealed.
void RunUse::add_code(LaunchOrder& order, vmm::Backend const& backend, Global const& global) const {
    if (given_.no_cache || given_.digests || backend.code == vmm::KeptCode::None) return;
    using Item = protocol::launch::Item;
    auto const& items = order.items();
    auto const configuration = std::ranges::find(items, Kind::Configuration, &Item::kind);
    auto const module = std::ranges::find(items, Kind::Module, &Item::kind);
    auto const added = cli::add_code(
        order,
        {.backend = backend.name,
         .configuration = configuration == items.end() ? std::string_view{} : configuration->text,
         .module = module->descriptor,
         .sealed = backend.code == vmm::KeptCode::Sealed}
    );
    if (!added && global.log_filter)
        write_error("enarx: warning: compiled code is not cached: " + added.error().text + '\n');
}

os::OrFailure<LaunchOrder> RunUse::pulled(Global const& global) const {
    bool const host_says = given_.application || given_.configuration || given_.invoke ||
                           given_.timeout || given_.digests || !given_.directories.empty() ||
                           !given_.environment.empty();
    if (host_says)
        return failure(
            "usage",
            "what a Keep runs that asks a service is said by its tenant, not here",
            "leave out the application and --config, --dir, --env, --invoke, --timeout, --digests"
        );
    auto order = TRY(pull_order(given_.pull, given_.keep, given_.max_memory, global));
    if (given_.timings) order.add(Kind::Timings, global.started_ns);
    return order;
}

os::OrFailure<LaunchOrder> RunUse::order(vmm::Backend const& backend, Global const& global) {
    LaunchOrder order;
    order.keep = keep_wish(given_.keep);
    order.add(Kind::Action, given_.digests ? "digests" : "run");
    auto application = TRY(open_application(*given_.application));
    TRY(refuse_other_kinds(application));
    auto configuration = TRY(find_configuration(given_.configuration, application));
    if (configuration) TRY(add_configuration(order, *configuration));
    os::allow_descriptors(
        package::descriptors(
            configuration ? configuration->configuration : package::Configuration{}
        )
    );
    if (application.folder)
        order.add(
            Kind::PackageDirectory, *std::move(application.folder), "", vmm::Rights::ReadOnly
        );
    order.add(
        Kind::Module,
        std::move(application.module),
        std::move(application.name),
        vmm::Rights::ReadOnly
    );
    TRY(add_wishes(order));
    add_code(order, backend, global);
    TRY(add_log(order, global));
    if (given_.timings) order.add(Kind::Timings, global.started_ns);
    return order;
}

// Digests are the same in every Keep, and come fastest from none.
vmm::Wish RunUse::keep() const {
    if (given_.digests) return {.name = "nil"};
    return {.name = given_.backend, .require_hardware = given_.require_hardware};
}

os::OrFailure<int> RunUse::carry_out(Global const& global) {
    if (!given_.application && !given_.pull.any())
        return failure(
            "usage",
            "no APPLICATION is given",
            "give APPLICATION, or --pull NAME for one that an attestation service hands over"
        );
    auto const* backend = TRY(vmm::pick(keep(), vmm::backends(), vmm::Machine::real()));
    auto launch_order = given_.pull.any() ? TRY(pulled(global)) : TRY(order(*backend, global));
    if (given_.pull.any()) hold_to_places(launch_order, *backend);
    TRY(add_snp_terms(launch_order, given_.snp, *backend));
    launch_order.add(Kind::Backend, std::string{backend->name});
    if (!given_.backend && !given_.digests)
        write_error(
            "enarx: backend " + std::string{backend->name} + ": " +
            std::string{backend->protection} + '\n'
        );
    return std::unexpected(backend->launch(launch_order));
}

} // namespace

std::unique_ptr<Use> use_run() { return std::make_unique<RunUse>(); }

} // namespace host::cli
