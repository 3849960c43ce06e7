#pragma once

// The application as code of this machine: from the cache, or compiled.

#include "keep/exec/engine/engine.hpp"
#include "keep/exec/log/log.hpp"
#include "keep/exec/workload/application.hpp"
#include "keep/exec/workload/orders.hpp"

namespace exec {

engine::Settings settings_for(Application const& application, std::shared_ptr<base::Budget> memory);

os::OrFailure<engine::Module> load(
    engine::Engine const& engine,
    Application const& application,
    Orders const& orders,
    Log const& log
);

} // namespace exec
