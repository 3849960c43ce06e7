#include "host/cli/measure/snp_image.hpp"

#include "attest/text.hpp"
#include "host/cli/key/files.hpp"
#include "host/vmm/backend/snp/measure.hpp"
#include "os/new_file.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace host::cli {

namespace {

using attest::measure::SnpPage;
using Json = nlohmann::ordered_json;

// As --pages reads it. Zeros at a page's end are left out.
Json json_of(SnpPage const& page, base::View bytes) {
    Json out{
        {"page_type", static_cast<unsigned>(page.type)}, {"gpa", fmt::format("{:#x}", page.gpa)}
    };
    if (!attest::measure::contents_measured(page.type)) return out;
    out["contents"] = attest::hex(page.contents);
    while (bytes.size() > 1 && bytes.back() == std::byte{0}) bytes = bytes.first(bytes.size() - 1);
    out["data_hex_then_zero_padded_to_4096"] = attest::hex(bytes);
    return out;
}

os::OrFailure<vmm::snp::MeasureWish> wish_of(ImageOptions const& options) {
    vmm::snp::MeasureWish wish;
    if (options.shim) wish.shim = *options.shim;
    wish.cpus = TRY(number_or("--vcpus", options.cpus, wish.cpus));
    wish.secure_tsc = options.secure_tsc;
    return wish;
}

} // namespace

std::vector<Option> image_options(ImageOptions& options) {
    return {
        {.name = "--vcpus",
         .value = "NUMBER",
         .help = "vCPUs of the Keep, each of which is measured. Default: 4.",
         .target = &options.cpus},
        {.name = "--secure-tsc",
         .help = "Of a Keep that `enarx run --secure-tsc` starts.",
         .target = &options.secure_tsc},
        {.name = "--shim",
         .value = "NAME",
         .help = "The shim of this installation to measure. Default: snp.",
         .target = &options.shim,
         .choices = {"snp", "verified"}},
        {.name = "--write-pages",
         .value = "FILE",
         .help = "Write the pages of which the digest is to this new file, as --pages reads it.",
         .target = &options.list,
         .completion = Completion::File},
    };
}

bool any_given(ImageOptions const& options) {
    return options.shim || options.cpus || options.list || options.secure_tsc;
}

os::OrFailure<MeasuredCase> measure_image(ImageOptions const& options) {
    auto const wish = TRY(wish_of(options));
    attest::measure::SnpLaunch launch;
    auto pages = Json::array();
    TRY(vmm::snp::walk_launch(wish, [&](SnpPage const& page, base::View bytes) {
        launch.add(page);
        if (options.list) pages.push_back(json_of(page, bytes));
    }));
    MeasuredCase out{
        .name = fmt::format("vcpus-{}{}", wish.cpus, wish.secure_tsc ? "-secure-tsc" : ""),
        .digest = launch.digest()
    };
    if (!options.list) return out;
    Json const list{
        {"name", out.name},
        {"pages", std::move(pages)},
        {"expected_launch_digest", attest::hex(out.digest)}
    };
    auto const text = list.dump(1) + '\n';
    TRY(write_file(*options.list, base::view_of(text), os::Readers::Everybody));
    return out;
}

} // namespace host::cli
