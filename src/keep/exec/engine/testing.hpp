#pragma once

// Small applications in the text format, run to their end in this process.

#include "keep/exec/engine/instance.hpp"

#include <string>

namespace exec::engine {

// What became of a run: "exit 3", "exit 0: 42", "trap: code marked as unreachable was reached",
// "import-unknown: ...".
inline std::string told(base::Result<Ended, Stop> const& ended) {
    if (!ended) {
        if (auto const* trap = std::get_if<TrapReport>(&ended.error()))
            return "trap: " + trap->what;
        auto const& failure = std::get<os::Failure>(ended.error());
        return std::string{failure.name} + ": " + failure.text;
    }
    std::string text = "exit " + std::to_string(ended->ending.status);
    if (ended->ending.signal) text = "signal " + std::to_string(*ended->ending.signal);
    for (auto const& result : ended->results) text += ": " + result;
    return text;
}

inline base::Result<Ended, Stop> run_text(
    std::string const& text, Entry const& entry, Settings const& settings, wasi::Context& context
) {
    auto const binary = binary_of_text(text);
    if (!binary) return std::unexpected(Stop{binary.error()});
    Engine const engine{settings};
    auto const module = Module::compile(engine, *binary);
    if (!module) return std::unexpected(Stop{module.error()});
    auto instance = TRY(Instance::create(engine, *module, context));
    return instance.run(entry);
}

inline std::string
outcome_of(std::string const& text, Entry const& entry = {}, Settings const& settings = {}) {
    wasi::Context context;
    return told(run_text(text, entry, settings, context));
}

} // namespace exec::engine
