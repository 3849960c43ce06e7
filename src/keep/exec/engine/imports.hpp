#pragma once

// What a module imports, and whether this build serves it.

#include "keep/exec/engine/engine.hpp"
#include "keep/exec/engine/wasi_imports.hpp"

#include <string>
#include <vector>

#include <wasmtime.h>

namespace exec::engine {

// Nothing if the import is served; otherwise why not.
Result<WasiImport const*> find_import(wasm_importtype_t const* import);

// The functions that the module imports, in its order; or the failure of the first that nothing
// serves.
Result<std::vector<wasmtime_extern_t>>
satisfy_imports(Module const& module, wasmtime_context_t* store, Guest& guest);

} // namespace exec::engine
