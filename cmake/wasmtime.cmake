# Wasmtime's C API as one static library, built from its crate with the committed lock file (docs/adr/0002-engine.md).

set(wasmtime_crate ${CMAKE_SOURCE_DIR}/cmake/crates/wasmtime)
set(wasmtime_target ${ENARX_DEPS}/wasmtime)
set(wasmtime_library ${wasmtime_target}/release/libenarx_wasmtime.a)
set(wasmtime_include ${ENARX_DEPS}/include/wasmtime-c-api)

add_custom_command(
    OUTPUT ${wasmtime_library} ${wasmtime_include}/wasmtime.hh
    COMMAND ${CMAKE_SOURCE_DIR}/tools/build_crate.sh wasmtime ${wasmtime_crate} ${ENARX_DEPS}
    DEPENDS ${wasmtime_crate}/Cargo.toml ${wasmtime_crate}/Cargo.lock ${wasmtime_crate}/src/lib.rs
    COMMENT "Wasmtime, the WebAssembly engine (half of the first build)"
    USES_TERMINAL VERBATIM)
add_custom_target(wasmtime_build DEPENDS ${wasmtime_library} ${wasmtime_include}/wasmtime.hh)

add_library(wasmtime INTERFACE)
add_dependencies(wasmtime wasmtime_build)
target_include_directories(wasmtime SYSTEM INTERFACE ${wasmtime_include})
target_link_libraries(wasmtime INTERFACE ${wasmtime_library} pthread dl m)
