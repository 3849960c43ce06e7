//! Wasmtime as a static library: see cmake/wasmtime.cmake.
pub use wasmtime_c_api::*;
