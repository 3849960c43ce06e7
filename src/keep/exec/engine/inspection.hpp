#pragma once

// What the engine knows of a module without running it.

#include "keep/exec/engine/engine.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace exec::engine {

struct InspectedImport {
    std::string module;
    std::string name;
    std::string kind; // function, memory, table, global, tag
    std::string type;
    std::string unserved; // why this build does not serve it; empty if it does
};

struct InspectedExport {
    std::string name;
    std::string kind;
    std::string type;
};

struct Inspection {
    std::vector<InspectedImport> imports;
    std::vector<InspectedExport> exports;
    std::vector<std::string_view>
        features; // proposals beyond WebAssembly 1.0 without which it is not valid
};

Result<Inspection> inspect(std::span<std::byte const> binary);

} // namespace exec::engine
