// Takes the orders, carries them out, and turns the outcome into the end of this process.

#include "keep/exec/workload/exec.hpp"

#include "base/view.hpp"
#include "crypto/digest.hpp"
#include "keep/exec/cache/code_key.hpp"
#include "keep/exec/workload/digests.hpp"
#include "keep/exec/workload/inspect.hpp"
#include "keep/exec/workload/provisioned.hpp"
#include "keep/exec/workload/report.hpp"
#include "keep/exec/workload/run.hpp"
#include "keep/exec/workload/timeout.hpp"
#include "os/write_all.hpp"
#include "protocol/failure/failure.hpp"
#include "protocol/launch/traits.hpp"

#include <csignal>
#include <cstdlib>
#include <new>

#include <sys/auxv.h>
#include <unistd.h>

namespace exec {

namespace {

int failed(os::Failure const& failure) {
    write_error(failure_text(failure));
    return exit_status(failure);
}

[[noreturn]] void out_of_memory() {
    write_error(
        "enarx: error: exec has run out of memory (out-of-memory)\n  see: enarx explain "
        "out-of-memory\n"
    );
    std::_Exit(static_cast<int>(protocol::ExitStatus::OutOfMemory));
}

os::OrFailure<os::FileBytes> read_block() {
    auto block = os::read_file(protocol::launch::block_descriptor, protocol::launch::max_size);
    if (!block)
        return std::unexpected(
            os::Failure{
                .name = "launch-block-invalid",
                .text = "no launch block can be read from descriptor 3: " +
                        std::string{os::description(block.error())}
            }
        );
    return std::move(*block);
}

int inspect(Orders const& orders) {
    auto const application = read_application(orders.module, orders.module_name);
    if (!application) return failed(application.error());
    auto const json = inspect(*application, orders.module_name);
    if (!json) return failed(json.error());
    auto const written = os::write_all(STDOUT_FILENO, base::view_of(*json));
    return written ? 0 : failed(output_failure(written.error()));
}

os::OrFailure<void> print_digests(Orders const& orders) {
    auto const application = TRY(read_application(orders.module, orders.module_name));
    auto const start = TRY(plan_start(orders));
    Mounts mounts{orders, std::make_shared<base::Budget>(std::nullopt)};
    auto const text = digests_text(TRY(digests(application, start, mounts)));
    auto const written = os::write_all(STDOUT_FILENO, base::view_of(text));
    if (!written) return std::unexpected(output_failure(written.error()));
    return {};
}

int carry_out(Orders const& orders, base::View block, std::uint64_t started_ns) {
    Log const log{
        orders.log_filter,
        orders.log_format == "json" ? LogFormat::Json : LogFormat::Text,
        orders.log_target == "stdout" ? LogTarget::StandardOutput : LogTarget::StandardError
    };
    if (orders.timeout_ms && !end_after(*orders.timeout_ms))
        log.write(
            "exec",
            Level::Warn,
            "there is no timer here: only the host can end the application in time"
        );
    if (orders.action == Action::Inspect) return inspect(orders);
    if (orders.action == Action::Digests) {
        auto const printed = print_digests(orders);
        return printed ? 0 : failed(printed.error());
    }
    Timings timings{orders.started_ns, started_ns};
    if (orders.action == Action::Provision)
        return failed(run_provisioned(orders, crypto::sha256(block), timings));
    Run{orders, log, timings}.to_its_end();
}

// Linux, under nil, knows no such entry.
Code code_of_this_keep() {
    auto const traits = ::getauxval(protocol::launch::traits_entry);
    if ((traits & protocol::launch::own_code_only) == 0) return Code::AnyOfThisModule;
    return (traits & protocol::launch::vouched_by_snp) != 0 ? Code::Sealed : Code::OwnOnly;
}

} // namespace

int exec() {
    auto const started_ns = monotonic_ns();
    std::set_new_handler(out_of_memory);
    (void)std::signal(
        SIGPIPE, SIG_IGN
    ); // the application gets an error where nobody reads any more
    auto const block = read_block();
    if (!block) return failed(block.error());
    auto const items = protocol::launch::decode(block->view());
    if (!items)
        return failed(
            {.name = "launch-block-invalid",
             .text = "the launch block is invalid: " + std::string{items.error().rule}}
        );
    auto const orders = take_orders(*items, code_of_this_keep());
    if (!orders) return failed(orders.error());
    if (orders->code == Code::Sealed && !orders->keeps_code()) give_up_code_key();
    return carry_out(*orders, block->view(), started_ns);
}

} // namespace exec
