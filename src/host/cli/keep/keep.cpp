#include "host/cli/keep/keep.hpp"

#include "host/cli/keep/empty_keep.hpp"
#include "host/cli/report.hpp"
#include "host/cli/run/snp_options.hpp"
#include "host/cli/run/wishes.hpp"
#include "host/vmm/backend/pick.hpp"
#include "os/descriptor_limit.hpp"

namespace host::cli {

namespace {

class KeepUse : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    std::optional<std::string> backend_;
    bool require_hardware_ = false;
    GivenKeep keep_;
    GivenSnp snp_;
    GivenEmptyKeep empty_;
    std::optional<std::string> max_memory_;
    std::optional<std::string> whole_memory_;
};

Syntax KeepUse::syntax(Global& global) {
    Syntax syntax{
        .options =
            {
                {.name = "--channel",
                 .value = "SOCKET",
                 .help = "Where the Keep waits: the path of a socket, which is made. Required.",
                 .target = &empty_.channel,
                 .completion = Completion::File},
            },
        .operands = {},
    };
    add_empty_keep_options(syntax.options, empty_);
    syntax.options.push_back(
        {.name = "--max-memory",
         .value = "SIZE",
         .help = "What the application's linear memories and files in memory may take together: "
                 "bytes, or with K, M, G, T.",
         .target = &max_memory_}
    );
    syntax.options.push_back(
        {.name = "--whole-memory",
         .value = "SIZE",
         .help = "What the Keep may take of this machine's memory in all, its engine and compiler "
                 "with it; one that needs more ends. Default: what there is.",
         .target = &whole_memory_}
    );
    syntax.options.push_back(
        {.name = "--backend",
         .value = "NAME",
         .help = "The kind of Keep: snp (or sev), tdx, sgx, kvm, or nil for none. Without this "
                 "option the best there is.",
         .target = &backend_,
         .environment = "ENARX_BACKEND"}
    );
    syntax.options.push_back(
        {.name = "--require-hardware",
         .help = "A Keep that hardware protects, or an error.",
         .target = &require_hardware_}
    );
    add_keep_options(syntax.options, keep_);
    add_snp_options(syntax.options, snp_);
    for (auto& option : log_options(global)) syntax.options.push_back(std::move(option));
    return syntax;
}

os::OrFailure<int> KeepUse::carry_out(Global const& global) {
    if (!empty_.channel)
        return failure("usage", "it is not said where the Keep waits", "give --channel SOCKET");
    auto const* backend =
        TRY(vmm::pick(
            {.name = backend_, .require_hardware = require_hardware_},
            vmm::backends(),
            vmm::Machine::real()
        ));
    constexpr std::size_t enough_descriptors = 4096;
    os::allow_descriptors(enough_descriptors);
    auto launch_order = TRY(empty_keep_order(empty_, keep_, max_memory_, global));
    if (whole_memory_) launch_order.keep.memory_limit = TRY(memory_size(*whole_memory_));
    TRY(add_snp_terms(launch_order, snp_, *backend));
    hold_to_places(launch_order, *backend);
    launch_order.add(protocol::launch::Kind::Backend, std::string{backend->name});
    return std::unexpected(backend->launch(launch_order));
}

} // namespace

std::unique_ptr<Use> use_keep() { return std::make_unique<KeepUse>(); }

} // namespace host::cli
