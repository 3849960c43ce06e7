// From orders to an ending, step by step.

#include "keep/exec/workload/run.hpp"

#include "base/view.hpp"
#include "keep/exec/workload/leave.hpp"
#include "keep/exec/workload/load.hpp"
#include "keep/exec/workload/report.hpp"
#include "os/write_all.hpp"
#include "protocol/failure/failure.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <unistd.h>

namespace exec {

namespace {

using engine::Stop;

// A shell sees eight bits of a status, and so does whoever waits for this process.
constexpr int portable(std::uint32_t status) { return static_cast<int>(status & 0xff); }

Exit report(Stop const& stop, std::string_view application) {
    if (auto const* trap = std::get_if<engine::TrapReport>(&stop)) {
        write_error(trap_text(*trap, application));
        return Exit{static_cast<int>(protocol::ExitStatus::Trap)};
    }
    auto const& failure = std::get<os::Failure>(stop);
    write_error(failure_text(failure));
    return Exit{exit_status(failure)};
}

template <class T> base::Result<T, Stop> or_stop(os::OrFailure<T> result) {
    if (!result) return std::unexpected(Stop{std::move(result).error()});
    return std::move(*result);
}

std::string_view name_of(Stop const& stop) {
    auto const* const failure = std::get_if<os::Failure>(&stop);
    return failure == nullptr ? "trap" : failure->name;
}

// The results of --invoke, one a line.
base::Result<void, Stop> write_results(std::vector<std::string> const& results) {
    std::string text;
    for (auto const& result : results) text += result + '\n';
    auto const written = os::write_all(STDOUT_FILENO, base::view_of(text));
    if (!written) return std::unexpected(Stop{output_failure(written.error())});
    return {};
}

// Closes every connection. Peers that are slow to read have this time to take what is theirs, all
// of them together.
void say_goodbye(Prepared& prepared) {
    constexpr std::chrono::milliseconds patience{1000};
    auto const closing = prepared.context->closing;
    prepared.context.reset();
    closing->finish(patience);
}

} // namespace

base::Result<engine::Ended, Stop> Run::run() {
    if (brought_)
        application_ = std::move(brought_->application);
    else
        application_ = TRY(or_stop(read_application(orders_.module, orders_.module_name)));
    if (application_->format == package::Format::Component)
        return std::unexpected(Stop{component_failure()});
    // Before anything that others may have written is read: what goes back to be kept comes from
    // the module and the command line alone.
    CodeShelf shelf{*application_, orders_, log_};
    timings_.mark("application read");

    auto start = TRY(or_stop(plan_start(orders_)));
    auto const memory = std::make_shared<base::Budget>(
        start.plan.max_memory, brought_ ? brought_->memory : nullptr
    );
    engine_.emplace(settings_for(*application_, memory));
    timings_.mark("engine made");
    module_ =
        TRY(or_stop(load(*engine_, *application_, orders_.module_name, std::move(shelf), log_)));
    timings_.mark("code loaded");

    auto* const brought = brought_ ? &*brought_ : nullptr;
    prepared_ = TRY(or_stop(prepare(orders_, *application_, std::move(start), brought, memory)));
    timings_.mark("files and sockets opened");
    if (brought_ && brought_->opened) brought_->opened();

    // proc_exit leaves at once: unwinding would look for source lines that nobody wants to see.
    auto const on_ending = [this](wasi::Ending ending) {
        end(engine::Ended{.ending = ending, .results = {}});
    };
    instance_ = TRY(engine::Instance::create(*engine_, *module_, *prepared_->context, on_ending));
    timings_.mark("instance made");
    auto ended = TRY(instance_->run(prepared_->entry));
    TRY(write_results(ended.results));
    return ended;
}

void Run::tell_tenant(int status, std::string_view failure) const {
    if (brought_ && brought_->ended) brought_->ended(status, failure);
}

void Run::to_its_end() { end(run()); }

void Run::end(base::Result<engine::Ended, Stop> const& ended) {
    timings_.mark(instance_ ? "application run" : "until it failed");
    if (prepared_) say_goodbye(*prepared_);
    write_error(timings_.table());
    if (!ended) {
        auto const exit = report(ended.error(), orders_.module_name);
        tell_tenant(exit.status, name_of(ended.error()));
        leave(exit);
    }
    if (ended->ending.signal) {
        tell_tenant(128 + *ended->ending.signal, {});
        leave(Signalled{*ended->ending.signal});
    }
    tell_tenant(portable(ended->ending.status), {});
    leave(Exit{portable(ended->ending.status)});
}

} // namespace exec
