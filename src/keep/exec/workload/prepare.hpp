#pragma once

// Everything that the application finds at its start: arguments, environment and open descriptors.

#include "base/budget.hpp"
#include "keep/exec/engine/instance.hpp"
#include "keep/exec/workload/application.hpp"
#include "keep/exec/workload/orders.hpp"
#include "os/failure.hpp"

#include <memory>

namespace exec {

struct Prepared {
    std::unique_ptr<wasi::Context> context;
    engine::Entry entry;
    std::shared_ptr<base::Budget> memory; // bytes, of linear memories and of files in memory
};

os::OrFailure<Prepared> prepare(Orders const& orders, Application const& application);

} // namespace exec
