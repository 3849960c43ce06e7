#pragma once

// Runs the ordered application to its end.

#include "keep/exec/engine/instance.hpp"
#include "keep/exec/log/log.hpp"
#include "keep/exec/workload/application.hpp"
#include "keep/exec/workload/orders.hpp"
#include "keep/exec/workload/prepare.hpp"
#include "keep/exec/workload/timings.hpp"

#include <optional>
#include <variant>

namespace exec {

struct Exit {
    int status;
};
struct Signalled {
    int signal; // that the application raised: exec dies by it
};
using Outcome = std::variant<Exit, Signalled>;

// Holds what a run consists of, so that exec can leave by _exit without taking it apart piece by
// piece.
class Run {
public:
    Run(Orders const& orders, Log const& log, Timings& timings)
        : orders_{orders}, log_{log}, timings_{timings} {}

    // What went wrong has been written to standard error. Connections are closed.
    Outcome to_its_end();

private:
    base::Result<engine::Ended, engine::Stop> run();

    Orders const& orders_;
    Log const& log_;
    Timings& timings_;
    std::optional<Application> application_;
    std::optional<Prepared> prepared_;
    std::optional<engine::Engine> engine_;
    std::optional<engine::Module> module_;
    std::optional<engine::Instance> instance_;
};

} // namespace exec
