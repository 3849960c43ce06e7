#include "host/vmm/backend/snp/measure.hpp"

#include "host/vmm/backend/snp/supply.hpp"
#include "host/vmm/launch/parts.hpp"
#include "host/vmm/plan/snp.hpp"

namespace host::vmm::snp {

namespace {

os::OrFailure<std::string> find_shim(std::string const& name) {
    auto path = find_part("shim-" + name);
    if (path || name != MeasureWish{}.shim) return path;
    return std::unexpected(
        os::Failure{
            .name = "part-missing",
            .text = "this build of Enarx has no shim for SEV-SNP yet",
            .hint = "--shim verified measures the image from which it will be made, as such a Keep "
                    "would get it"
        }
    );
}

} // namespace

os::OrFailure<Image> open_image(std::string const& shim) {
    auto const path = TRY(find_shim(shim));
    auto const exec = TRY(find_part("exec"));
    auto image = TRY(Image::open(path, exec));
    bool const checks_exec = image.sizes().tree != 0;
    if (!checks_exec)
        return std::unexpected(
            os::Failure{
                .name = "keep-image",
                .text = "shim-" + shim +
                        " believes the host's memory: no processor can vouch "
                        "for what it loads",
                .hint = "name a shim that checks exec page by page"
            }
        );
    return image;
}

os::OrFailure<void> walk_launch(MeasureWish const& wish, PageListener const& listener) {
    auto const image = TRY(open_image(wish.shim));
    Wishes wishes;
    wishes.max_cpus = wish.cpus;
    auto const plan = TRY(snp_plan(image.sizes(), wishes));
    return walk_pages(plan.regions(), SnpSupply{image, plan, {}}, listener);
}

} // namespace host::vmm::snp
