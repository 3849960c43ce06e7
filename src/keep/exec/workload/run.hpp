#pragma once

// Runs the ordered application to its end.

#include "keep/exec/engine/instance.hpp"
#include "keep/exec/log/log.hpp"
#include "keep/exec/workload/application.hpp"
#include "keep/exec/workload/orders.hpp"
#include "keep/exec/workload/prepare.hpp"
#include "keep/exec/workload/timings.hpp"

#include <optional>

namespace exec {

// Never comes to an end of its own: exec leaves from within, and nothing of a run is taken apart.
class Run {
public:
    Run(Orders const& orders, Log const& log, Timings& timings)
        : orders_{orders}, log_{log}, timings_{timings} {}
    Run(Orders const& orders, Log const& log, Timings& timings, Brought brought)
        : orders_{orders}, log_{log}, timings_{timings}, brought_{std::move(brought)} {}

    // Writes to standard error what went wrong, closes connections and leaves.
    [[noreturn]] void to_its_end();

private:
    base::Result<engine::Ended, engine::Stop> run();
    void tell_tenant(int status, std::string_view failure) const;
    [[noreturn]] void end(base::Result<engine::Ended, engine::Stop> const& ended);

    Orders const& orders_;
    Log const& log_;
    Timings& timings_;
    std::optional<Brought> brought_;
    std::optional<Application> application_;
    std::optional<Prepared> prepared_;
    std::optional<engine::Engine> engine_;
    std::optional<engine::Module> module_;
    std::optional<engine::Instance> instance_;
};

} // namespace exec
