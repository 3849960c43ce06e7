#pragma once

// Everything that the application finds at its start: arguments, environment and open descriptors.

#include "base/budget.hpp"
#include "keep/exec/engine/instance.hpp"
#include "keep/exec/workload/application.hpp"
#include "keep/exec/workload/orders.hpp"
#include "keep/exec/workload/start.hpp"
#include "os/failure.hpp"

#include <memory>

namespace exec {

struct Prepared {
    std::unique_ptr<wasi::Context> context;
    engine::Entry entry;
};

// `memory`: bytes that linear memories and files in memory may take together.
os::OrFailure<Prepared> prepare(
    Orders const& orders,
    Application const& application,
    PlannedStart start,
    std::shared_ptr<base::Budget> const& memory
);

} // namespace exec
