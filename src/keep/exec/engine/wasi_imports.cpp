// Binds each WASI function by its C++ type: arguments are read in place, nothing is looked up or
// allocated in a call.

#include "keep/exec/engine/wasi_imports.hpp"

#include "keep/exec/wasi/functions.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace exec::engine {

namespace {

template <class T> constexpr wasm_valkind_t kind_of = sizeof(T) == 8 ? WASM_I64 : WASM_I32;

template <class T> T load(wasmtime_val_raw_t const& raw) {
    if constexpr (sizeof(T) == 8)
        return static_cast<T>(raw.i64);
    else
        return static_cast<T>(raw.i32);
}

// A function of WASI, `Call`, as the engine calls it.
template <auto Call, class Signature = decltype(Call)> struct Bound;

template <auto Call, class Return, class... Args>
struct Bound<Call, Return (*)(wasi::Context&, wasi::GuestMemory, Args...)> {
    static constexpr std::array<wasm_valkind_t, sizeof...(Args)> parameters{kind_of<Args>...};
    static constexpr bool returns_errno = !std::is_void_v<Return>;

    static wasm_trap_t* callback(
        void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values, std::size_t /*count*/
    ) {
        // Safety: the engine hands back the environment that the function was made with.
        auto& guest = *static_cast<Guest*>(env);
        call(guest, guest.memory(caller), values, std::index_sequence_for<Args...>{});
        return guest.ending();
    }

private:
    template <std::size_t... I>
    static void call(
        Guest& guest,
        wasi::GuestMemory memory,
        wasmtime_val_raw_t* values,
        std::index_sequence<I...> /*which*/
    ) {
        if constexpr (returns_errno)
            values[0].i32 =
                static_cast<std::int32_t>(Call(guest.context(), memory, load<Args>(values[I])...));
        else
            Call(guest.context(), memory, load<Args>(values[I])...);
    }
};

template <class Function> constexpr WasiImport import_of(Function function) {
    using Binding = Bound<Function::call>;
    return {function.name, Binding::parameters, Binding::returns_errno, Binding::callback};
}

constexpr auto imports = std::apply(
    [](auto... function) { return std::array{import_of(function)...}; }, wasi::functions
);

} // namespace

WasiImport const* find_wasi_import(std::string_view name) {
    auto const* const at = std::ranges::find(imports, name, &WasiImport::name);
    return at == imports.end() ? nullptr : at;
}

wasi::GuestMemory Guest::memory(wasmtime_caller_t* caller) {
    if (!resolved_) resolve(caller);
    if (memory_ == nullptr) return {nullptr, 0, false};
    auto const bytes = memory_->bytes();
    return {bytes.data(), bytes.size(), shared_};
}

wasm_trap_t* Guest::unwind() {
    if (on_ending_ && context_.ending) on_ending_(*context_.ending);
    constexpr std::string_view reason = "the application ended itself";
    return wasmtime_trap_new(reason.data(), reason.size());
}

void Guest::resolve(wasmtime_caller_t* caller) {
    resolved_ = true;
    constexpr std::string_view name = "memory";
    wasmtime_extern_t found;
    if (!wasmtime_caller_export_get(caller, name.data(), name.size(), &found)) return;
    std::uint8_t const* base = nullptr;
    if (found.kind == WASMTIME_EXTERN_MEMORY)
        base = wasmtime_memory_data(wasmtime_caller_context(caller), &found.of.memory);
    if (found.kind == WASMTIME_EXTERN_SHAREDMEMORY)
        base = wasmtime_sharedmemory_data(found.of.sharedmemory);
    shared_ = found.kind == WASMTIME_EXTERN_SHAREDMEMORY;
    wasmtime_extern_delete(&found);
    memory_ = memories_.find(reinterpret_cast<std::byte const*>(base));
}

} // namespace exec::engine
