// Takes the orders, carries them out, and turns the outcome into the end of this process.

#include "keep/exec/workload/exec.hpp"

#include "base/view.hpp"
#include "keep/exec/workload/inspect.hpp"
#include "keep/exec/workload/report.hpp"
#include "keep/exec/workload/run.hpp"
#include "keep/exec/workload/timeout.hpp"
#include "os/write_all.hpp"
#include "protocol/failure/failure.hpp"

#include <csignal>
#include <cstdlib>
#include <new>

#include <unistd.h>

namespace exec {

namespace {

// Where the engine's objects must not be destroyed one by one, they are never destroyed.
template <class T> struct Kept {
    union {
        T value;
    };
    template <class... Args> explicit Kept(Args&&... args) : value{std::forward<Args>(args)...} {}
    Kept(Kept const&) = delete;
    Kept& operator=(Kept const&) = delete;
    ~Kept() {} // NOLINT(modernize-use-equals-default): the value stays
};

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
                "launch-block-invalid",
                "no launch block can be read from descriptor 3: " +
                    std::string{os::description(block.error())}
            }
        );
    return std::move(*block);
}

int die_by(int signal) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    return 128 + signal; // the signal did not end this process
}

int inspect(Orders const& orders) {
    auto const application = read_application(orders.module, orders.module_name);
    if (!application) return failed(application.error());
    auto const json = inspect(*application, orders.module_name);
    if (!json) return failed(json.error());
    auto const written = os::write_all(STDOUT_FILENO, base::view_of(*json));
    return written ? 0 : failed(output_failure(written.error()));
}

int carry_out(Orders const& orders, std::uint64_t started_ns) {
    Log const log{
        orders.log_filter, orders.log_format == "json" ? LogFormat::Json : LogFormat::Text
    };
    if (orders.timeout_ms && !end_after(*orders.timeout_ms))
        log.write(
            "exec",
            Level::Warn,
            "there is no timer here: only the host can end the application in time"
        );
    if (orders.action == Action::Inspect) return inspect(orders);
    Timings timings{orders.started_ns, started_ns};
    Kept<Run> run{orders, log, timings};
    auto const outcome = run.value.to_its_end();
    if (auto const* signalled = std::get_if<Signalled>(&outcome)) return die_by(signalled->signal);
    return std::get<Exit>(outcome).status;
}

} // namespace

int exec() {
    auto const started_ns = monotonic_ns();
    std::set_new_handler(out_of_memory);
    std::signal(SIGPIPE, SIG_IGN); // the application gets an error where nobody reads any more
    auto const block = read_block();
    if (!block) return failed(block.error());
    auto const items = protocol::launch::decode(block->view());
    if (!items)
        return failed(
            {"launch-block-invalid",
             "the launch block is invalid: " + std::string{items.error().rule}}
        );
    auto const orders = take_orders(*items);
    if (!orders) return failed(orders.error());
    return carry_out(*orders, started_ns);
}

} // namespace exec
