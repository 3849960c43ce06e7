#pragma once

// One application from its instance to its end.

#include "keep/exec/engine/engine.hpp"
#include "keep/exec/engine/trap_report.hpp"
#include "keep/exec/wasi/context.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace exec::engine {

// What to call. Without `invoke`: the export "", else `_start`, else `_initialize`.
struct Entry {
    std::optional<std::string>
        invoke; // an export, called after `_initialize` if the module has that
    std::vector<std::string> arguments; // of `invoke`
};

// The application came to its end: its own status, or the signal that it raised; and what `invoke`
// returned.
struct Ended {
    wasi::Ending ending;
    std::vector<std::string> results;
};

using Stop = std::variant<os::Failure, TrapReport>;

// An application with its imports satisfied, its memory set up and its start function run.
class Instance {
public:
    // `on_ending` is called where the application ends itself; if it returns, or is none, the
    // application is unwound.
    using OnEnding = std::function<void(wasi::Ending)>;
    static base::Result<Instance, Stop> create(
        Engine const& engine, Module const& module, wasi::Context& context, OnEnding on_ending = {}
    );
    Instance(Instance&&) noexcept;
    Instance& operator=(Instance&&) noexcept;
    ~Instance();

    base::Result<Ended, Stop> run(Entry const& entry);

private:
    struct Parts;
    explicit Instance(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

} // namespace exec::engine
