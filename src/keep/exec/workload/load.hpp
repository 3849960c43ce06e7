#pragma once

// The application as code of this machine: from the cache, or compiled.

#include "keep/exec/cache/artefact.hpp"
#include "keep/exec/engine/engine.hpp"
#include "keep/exec/log/log.hpp"
#include "keep/exec/workload/application.hpp"
#include "keep/exec/workload/orders.hpp"

namespace exec {

engine::Settings settings_for(Application const& application, std::shared_ptr<base::Budget> memory);

// Where compiled code of the application may come from, and go to. It is made before anything is
// read that others may have written: the key of sealed code is for this module and this Enarx.toml.
struct CodeShelf {
    CodeShelf(Application const& application, Orders const& orders, Log const& log);

    os::Fd file;
    os::Fd sink;
    std::optional<CodeIdentity> identity; // if there is a file or a sink
    Seal seal;
};

// The shelf is gone when this returns: the application, which could take over what runs it, never
// has the means to leave code behind.
os::OrFailure<engine::Module> load(
    engine::Engine const& engine,
    Application const& application,
    std::string_view name,
    CodeShelf shelf,
    Log const& log
);

} // namespace exec
