// Finds what an application wants to have called first, and calls it.

#include "keep/exec/engine/call.hpp"

#include "keep/exec/engine/describe.hpp"
#include "keep/exec/engine/messages.hpp"
#include "keep/exec/engine/parts.hpp"
#include "keep/exec/engine/values.hpp"

#include <memory>

namespace exec::engine {

namespace {

std::unexpected<Stop> failed(std::string_view name, std::string text, std::string hint = {}) {
    return std::unexpected(
        Stop{os::Failure{.name = name, .text = std::move(text), .hint = std::move(hint)}}
    );
}

// The exception that nobody caught waits in the store; whoever asks takes it.
bool take_exception(wasmtime_context_t* store) {
    wasmtime_exnref_t exception;
    if (!wasmtime_context_take_exception(store, &exception)) return false;
    wasmtime_exnref_unroot(&exception);
    return true;
}

Stop report(wasmtime_context_t* store, wasm_trap_t const* trap) {
    OwnedBytes message;
    wasm_trap_message(trap, message.out());
    auto text = message.text();
    if (text.ends_with('\0')) text.remove_suffix(1);

    TrapReport report;
    if (wasmtime_trap_code_t code = 0; wasmtime_trap_code(trap, &code))
        report.what = trap_sentence(code);
    if (take_exception(store)) report.what = trap_sentence(WASMTIME_TRAP_CODE_UNCAUGHT_EXCEPTION);
    if (report.what.empty()) report.what = reason_of(text);
    report.frames = parse_frames(text);
    return report;
}

struct DeleteFunctionType {
    void operator()(wasm_functype_t* type) const { wasm_functype_delete(type); }
};
using FunctionType = std::unique_ptr<wasm_functype_t, DeleteFunctionType>;

base::Result<std::vector<wasmtime_val_t>, Stop> parse_arguments(
    std::string const& name, wasm_functype_t const* type, std::span<std::string const> texts
) {
    auto const* const list = wasm_functype_params(type);
    auto const parameters = std::span{list->data, list->size};
    if (texts.size() != parameters.size())
        return failed(
            "invoke-arguments",
            "the export '" + name + "' takes " + std::to_string(parameters.size()) +
                " arguments, not " + std::to_string(texts.size())
        );
    std::vector<wasmtime_val_t> values;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        auto const kind = wasm_valtype_kind(parameters[i]);
        auto const value = parse_value(texts[i], kind);
        if (!value)
            return failed(
                "invoke-arguments",
                "argument " + std::to_string(i + 1) + " of the export '" + name + "', '" +
                    texts[i] + "', is no " + std::string{value_word(kind)}
            );
        values.push_back(*value);
    }
    return values;
}

} // namespace

std::optional<wasmtime_func_t> Caller::find_function(std::string_view name) const {
    wasmtime_extern_t found;
    if (!wasmtime_instance_export_get(store_, &instance_, name.data(), name.size(), &found))
        return {};
    auto const function =
        found.kind == WASMTIME_EXTERN_FUNC ? std::optional{found.of.func} : std::nullopt;
    wasmtime_extern_delete(&found);
    return function;
}

base::Result<void, Stop> outcome(
    wasmtime_context_t* store,
    wasi::Context const& context,
    wasmtime_error_t* raw_error,
    wasm_trap_t* raw_trap
) {
    if (raw_error != nullptr) {
        wasmtime::Error const error{raw_error};
        if (!context.ending) return failed("internal", error.message());
    }
    if (raw_trap != nullptr) {
        wasmtime::Trap const trap{raw_trap};
        if (!context.ending) return std::unexpected(report(store, trap.capi()));
    }
    return {};
}

base::Result<std::vector<std::string>, Stop> Caller::call(
    std::string const& name, wasmtime_func_t const& function, std::span<std::string const> texts
) {
    FunctionType const type{wasmtime_func_type(store_, &function)};
    auto const arguments = TRY(parse_arguments(name, type.get(), texts));
    std::vector<wasmtime_val_t> results(wasm_functype_results(type.get())->size);
    wasm_trap_t* trap = nullptr;
    auto* const error = wasmtime_func_call(
        store_, &function, arguments.data(), arguments.size(), results.data(), results.size(), &trap
    );
    bool const returned = error == nullptr && trap == nullptr;
    TRY(outcome(store_, context_, error, trap));
    std::vector<std::string> printed;
    if (!returned) return printed;
    for (auto& result : results) {
        printed.push_back(value_text(result));
        wasmtime_val_unroot(&result);
    }
    return printed;
}

base::Result<void, Stop>
Caller::call_entry(std::string const& name, wasmtime_func_t const& function) {
    FunctionType const type{wasmtime_func_type(store_, &function)};
    if (wasm_functype_params(type.get())->size != 0 || wasm_functype_results(type.get())->size != 0)
        return failed(
            "start-missing",
            "the export '" + name + "' takes arguments or returns something: it is no start"
        );
    (void)TRY(call(name, function, {}));
    return {};
}

base::Result<std::vector<std::string>, Stop> Caller::run(Entry const& entry) {
    if (entry.invoke) return invoke(*entry.invoke, entry.arguments);
    for (std::string const name : {"", "_start", "_initialize"}) {
        auto const function = find_function(name);
        if (!function) continue;
        TRY(call_entry(name, *function));
        return std::vector<std::string>{};
    }
    return failed("start-missing", "the application exports neither '_start' nor '_initialize'");
}

base::Result<std::vector<std::string>, Stop>
Caller::invoke(std::string const& name, std::span<std::string const> arguments) {
    auto const function = find_function(name);
    if (!function)
        return failed("export-unknown", "the application exports no function '" + name + "'");
    if (auto const initialize = find_function("_initialize"); initialize && name != "_initialize") {
        TRY(call_entry("_initialize", *initialize));
        if (context_.ending) return std::vector<std::string>{};
    }
    return call(name, *function, arguments);
}

} // namespace exec::engine
