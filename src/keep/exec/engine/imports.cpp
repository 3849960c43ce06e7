// Serves imports: functions of WASI preview 1 and nothing else.

#include "keep/exec/engine/imports.hpp"

#include "keep/exec/engine/describe.hpp"
#include "keep/exec/engine/parts.hpp"

#include <algorithm>
#include <memory>

namespace exec::engine {

namespace {

struct Delete {
    void operator()(wasm_importtype_vec_t* list) const { wasm_importtype_vec_delete(list); }
};

bool same(wasm_valtype_vec_t const* types, std::span<wasm_valkind_t const> kinds) {
    return std::ranges::equal(std::span{types->data, types->size}, kinds, {}, &wasm_valtype_kind);
}

bool fits(wasm_functype_t const* type, WasiImport const& import) {
    constexpr std::array<wasm_valkind_t, 1> errno_kind{WASM_I32};
    auto const results = std::span{errno_kind}.first(import.returns_errno ? 1 : 0);
    return same(wasm_functype_params(type), import.parameters) &&
           same(wasm_functype_results(type), results);
}

std::string name_of(wasm_importtype_t const* import) {
    auto const* const type = wasm_importtype_type(import);
    std::string text{kind_word(type)};
    text += " '";
    text += view(wasm_importtype_module(import));
    text += "' '";
    text += view(wasm_importtype_name(import));
    return text += '\'';
}

std::string hint_for(std::string_view module) {
    if (module == "wasi_unstable")
        return "It was built for a WASI older than preview 1: build it anew for wasm32-wasip1.";
    if (module == "env")
        return "A symbol was left undefined when it was linked: link it without --allow-undefined.";
    if (module == "wbg" || module.starts_with("__wbindgen") || module == "gojs" || module == "go")
        return "It was built for a web browser: build it for wasm32-wasip1.";
    return "";
}

} // namespace

Result<WasiImport const*> find_import(wasm_importtype_t const* import) {
    auto const module = view(wasm_importtype_module(import));
    auto const name = view(wasm_importtype_name(import));
    if (module == "wasi" && name == "thread-spawn")
        return std::unexpected(
            os::Failure{
                .name = "threads-unsupported",
                .text = "the application starts threads (it imports 'wasi' 'thread-spawn')"
            }
        );
    auto const* const type = wasm_importtype_type(import);
    auto const* const found = module == wasi_module ? find_wasi_import(name) : nullptr;
    if (found == nullptr || wasm_externtype_kind(type) != WASM_EXTERN_FUNC)
        return std::unexpected(
            os::Failure{
                .name = "import-unknown",
                .text = "the application imports the " + name_of(import) + ", which nothing serves",
                .hint = hint_for(module)
            }
        );
    if (!fits(wasm_externtype_as_functype_const(type), *found))
        return std::unexpected(
            os::Failure{
                .name = "import-mismatch",
                .text = "the application imports the " + name_of(import) + " as " + describe(type) +
                        ", which is not its type"
            }
        );
    return found;
}

Result<std::vector<wasmtime_extern_t>>
satisfy_imports(Module const& module, wasmtime_context_t* store, Guest& guest) {
    wasm_importtype_vec_t list;
    wasmtime_module_imports(module.parts().module.capi(), &list);
    std::unique_ptr<wasm_importtype_vec_t, Delete> const owner{&list};
    auto const imports = std::span{list.data, list.size};

    // Threads first: such a module also imports its memory, and the reason is what the user should
    // read.
    for (auto const* import : imports)
        if (view(wasm_importtype_module(import)) == "wasi") (void)TRY(find_import(import));

    std::vector<wasmtime_extern_t> externs;
    externs.reserve(imports.size());
    for (auto const* import : imports) {
        auto const* const found = TRY(find_import(import));
        auto const* const type = wasm_externtype_as_functype_const(wasm_importtype_type(import));
        wasmtime_extern_t item{.kind = WASMTIME_EXTERN_FUNC, .of = {}};
        wasmtime_func_new_unchecked(store, type, found->callback, &guest, nullptr, &item.of.func);
        externs.push_back(item);
    }
    return externs;
}

} // namespace exec::engine
