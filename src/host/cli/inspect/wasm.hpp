#pragma once

// WebAssembly modules, components and text: exec has the engine that knows them.

#include "host/cli/inspect/recogniser.hpp"

namespace host::cli {

bool recognises_wasm(Subject const& subject);
os::OrFailure<std::optional<Json>> describe_wasm(Subject const& subject, Global const& global);

inline constexpr Recogniser wasm_recogniser{"WebAssembly", recognises_wasm, describe_wasm};

} // namespace host::cli
