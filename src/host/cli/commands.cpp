// The list of all commands.

#include "host/cli/collateral/collateral.hpp"
#include "host/cli/command.hpp"
#include "host/cli/completion/completion.hpp"
#include "host/cli/config/init.hpp"
#include "host/cli/deploy/deploy.hpp"
#include "host/cli/deployment/deployment.hpp"
#include "host/cli/exec/exec.hpp"
#include "host/cli/explain/explain.hpp"
#include "host/cli/inspect/inspect.hpp"
#include "host/cli/keep/keep.hpp"
#include "host/cli/key/key.hpp"
#include "host/cli/manual/manual.hpp"
#include "host/cli/measure/measure.hpp"
#include "host/cli/package/package.hpp"
#include "host/cli/platform/fetch.hpp"
#include "host/cli/platform/info.hpp"
#include "host/cli/platform/vcek.hpp"
#include "host/cli/registry/registry.hpp"
#include "host/cli/run/run.hpp"
#include "host/cli/serve/keeps.hpp"
#include "host/cli/serve/serve.hpp"
#include "host/cli/verify/verify.hpp"

#include <algorithm>
#include <array>

namespace host::cli {

namespace {

constexpr std::array all{
    run_command,
    exec_command,
    keep_command,
    verify_command,
    config_init_command,
    collateral_pack_command,
    collateral_show_command,
    collateral_fetch_command,
    platform_info_command,
    platform_snp_vcek_command,
    platform_snp_fetch_command,
    inspect_command,
    measure_snp_command,
    measure_sgx_command,
    measure_tdx_command,
    measure_kvm_command,
    key_sgx_create_command,
    key_sgx_digest_command,
    key_sev_create_command,
    key_sev_digest_command,
    key_sev_sign_command,
    key_tenant_create_command,
    key_tenant_digest_command,
    package_command,
    push_command,
    pull_command,
    deploy_command,
    attach_command,
    serve_command,
    keeps_command,
    deployments_command,
    serve_sweeper_command,
    deployment_create_command,
    deployment_publish_command,
    deployment_status_command,
    deployment_withdraw_command,
    explain_command,
    completion_command,
    manual_command,
};

} // namespace

std::span<Command const> commands() { return all; }

Command const* find_command(std::string_view name) {
    auto const found = std::ranges::find(all, name, &Command::name);
    return found == all.end() ? nullptr : &*found;
}

bool command_group(std::string_view word) {
    return std::ranges::any_of(all, [&](Command const& command) {
        return command.name.size() > word.size() && command.name.starts_with(word) &&
               command.name[word.size()] == ' ';
    });
}

std::vector<Option> log_options(Global& global) {
    return {
        {.name = "--log-filter",
         .value = "FILTER",
         .help = "Which messages to log: off, error, warn, info, debug or trace, for all parts or "
                 "for one (engine=debug); several with commas. Default: off.",
         .target = &global.log_filter,
         .environment = "ENARX_LOG"},
        {.name = "--log-format",
         .value = "FORMAT",
         .help = "How to write the log: text (default) or json, one object a line.",
         .target = &global.log_format,
         .choices = {"text", "json"}},
        {.name = "--log-target",
         .value = "TARGET",
         .help = "Where to write the log: stderr (default) or stdout.",
         .target = &global.log_target,
         .choices = {"stderr", "stdout"}},
    };
}

} // namespace host::cli
