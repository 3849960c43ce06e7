// Lists imports and exports, and finds the proposals that a module needs by leaving one out after
// the other.

#include "keep/exec/engine/inspection.hpp"

#include "keep/exec/engine/describe.hpp"
#include "keep/exec/engine/imports.hpp"
#include "keep/exec/engine/messages.hpp"
#include "keep/exec/engine/parts.hpp"
#include "keep/exec/engine/proposals.hpp"

#include <memory>

namespace exec::engine {

namespace {

std::vector<InspectedImport> list_imports(wasmtime::Module const& module) {
    wasm_importtype_vec_t list;
    wasmtime_module_imports(module.capi(), &list);
    std::vector<InspectedImport> all;
    for (auto const* import : std::span{list.data, list.size}) {
        auto const served = find_import(import);
        auto const* const type = wasm_importtype_type(import);
        all.push_back({
            .module = std::string{view(wasm_importtype_module(import))},
            .name = std::string{view(wasm_importtype_name(import))},
            .kind = std::string{kind_word(type)},
            .type = describe(type),
            .unserved = served ? "" : served.error().text,
        });
    }
    wasm_importtype_vec_delete(&list);
    return all;
}

std::vector<InspectedExport> list_exports(wasmtime::Module const& module) {
    wasm_exporttype_vec_t list;
    wasmtime_module_exports(module.capi(), &list);
    std::vector<InspectedExport> all;
    for (auto const* item : std::span{list.data, list.size}) {
        auto const* const type = wasm_exporttype_type(item);
        all.push_back(
            {.name = std::string{view(wasm_exporttype_name(item))},
             .kind = std::string{kind_word(type)},
             .type = describe(type)}
        );
    }
    wasm_exporttype_vec_delete(&list);
    return all;
}

bool valid_without(Proposal const& proposal, std::span<std::byte const> binary) {
    wasmtime::Config config;
    enable_proposals(config);
    proposal.leave_out(config);
    wasmtime::Engine engine{std::move(config)};
    return static_cast<bool>(wasmtime::Module::validate(engine, lend(binary)));
}

// Nothing runs: the quickest code will do.
wasmtime::Engine quick_engine() {
    wasmtime::Config config;
    enable_proposals(config);
    config.cranelift_opt_level(wasmtime::OptLevel::None);
    return wasmtime::Engine{std::move(config)};
}

} // namespace

Result<Inspection> inspect(std::span<std::byte const> binary) {
    auto engine = quick_engine();
    auto compiled = wasmtime::Module::compile(engine, lend(binary));
    if (!compiled)
        return std::unexpected(
            os::Failure{.name = "module-invalid", .text = reason_of(compiled.err().message())}
        );
    auto const module = compiled.ok();

    Inspection inspection{
        .imports = list_imports(module), .exports = list_exports(module), .features = {}
    };
    for (auto const& proposal : proposals())
        if (!valid_without(proposal, binary)) inspection.features.push_back(proposal.name);
    return inspection;
}

} // namespace exec::engine
