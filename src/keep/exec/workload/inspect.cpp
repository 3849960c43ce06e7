// Digests, sections, imports, exports and features of an application, as JSON.

#include "keep/exec/workload/inspect.hpp"

#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "keep/exec/engine/inspection.hpp"
#include "keep/exec/workload/json_object.hpp"
#include "package/wasm/sections.hpp"

#include <algorithm>

namespace exec {

namespace {

constexpr std::uint64_t page_bytes = 65536;

std::string import_json(engine::InspectedImport const& import) {
    JsonObject json;
    json.add("module", import.module)
        .add("name", import.name)
        .add("kind", import.kind)
        .add("type", import.type);
    json.add("served", import.unserved.empty());
    if (!import.unserved.empty()) json.add("reason", import.unserved);
    return json.text();
}

std::string export_json(engine::InspectedExport const& item) {
    return JsonObject{}.add("name", item.name).add("kind", item.kind).add("type", item.type).text();
}

std::string memory_json(package::wasm::Memory const& memory) {
    JsonObject json;
    json.add("minimum_bytes", memory.minimum * page_bytes);
    if (memory.maximum) json.add("maximum_bytes", *memory.maximum * page_bytes);
    return json.add("shared", memory.shared).add("64_bit", memory.wide).text();
}

std::string custom_json(package::wasm::Section const& section) {
    return JsonObject{}
        .add("name", section.name)
        .add("bytes", std::uint64_t{section.content.size()})
        .text();
}

os::OrFailure<void> add_sections(JsonObject& json, std::span<std::byte const> binary) {
    using package::wasm::SectionId;
    auto const all = package::wasm::sections(binary);
    if (!all)
        return std::unexpected(
            os::Failure{
                .name = "module-invalid",
                .text =
                    "it has more than " + std::to_string(package::wasm::most_sections) + " sections"
            }
        );
    std::vector<package::wasm::Memory> memories;
    std::vector<package::wasm::Section> custom;
    for (auto const& section : *all) {
        if (section.id == SectionId::Memory)
            memories =
                package::wasm::memories(section).value_or(std::vector<package::wasm::Memory>{});
        if (section.id == SectionId::Custom) custom.push_back(section);
    }
    json.add_raw("memories", json_array(memories, memory_json));
    json.add("code_bytes", std::uint64_t{package::wasm::code_size(binary)});
    json.add_raw("custom_sections", json_array(custom, custom_json));
    return {};
}

std::string_view entry_of(engine::Inspection const& inspection) {
    auto exports = [&](std::string_view name) {
        return std::ranges::any_of(inspection.exports, [&](auto& e) {
            return e.name == name && e.kind == "function";
        });
    };
    if (exports("") || exports("_start")) return "command";
    return exports("_initialize") ? "reactor" : "none";
}

JsonObject front(Application const& application, std::string_view name, std::string_view kind) {
    auto const bytes = application.file.view();
    JsonObject json;
    json.add("name", name).add("kind", kind);
    json.add("format", application.format == package::Format::Text ? "text" : "binary");
    json.add("bytes", std::uint64_t{bytes.size()});
    json.add("sha256", base::hex(crypto::sha256(bytes)))
        .add("sha384", base::hex(crypto::sha384(bytes)));
    return json;
}

std::string component_json(Application const& application, std::string_view name) {
    auto json = front(application, name, "component");
    json.add("runs", false).add("reason", component_failure().text);
    return json.text() + '\n';
}

} // namespace

os::OrFailure<std::string> inspect(Application const& application, std::string_view name) {
    if (application.format == package::Format::Component) return component_json(application, name);
    std::vector<std::byte> from_text;
    auto binary = application.file.view();
    if (application.format == package::Format::Text) {
        from_text = TRY(engine::binary_of_text(base::text_of(binary)));
        binary = from_text;
        if (package::recognise(binary) == package::Format::Component)
            return component_json(application, name);
    }
    auto const inspection = TRY(engine::inspect(binary));
    auto const entry = entry_of(inspection);
    bool const served = std::ranges::all_of(inspection.imports, [](auto& import) {
        return import.unserved.empty();
    });

    auto json = front(application, name, "module");
    json.add("entry", entry).add("runs", served && entry != "none");
    json.add_raw("imports", json_array(inspection.imports, import_json));
    json.add_raw("exports", json_array(inspection.exports, export_json));
    TRY(add_sections(json, binary));
    json.add_raw("features", json_array(inspection.features, base::json_string));
    return json.text() + '\n';
}

} // namespace exec
