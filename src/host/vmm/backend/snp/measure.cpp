#include "host/vmm/backend/snp/measure.hpp"

#include "host/vmm/backend/snp/supply.hpp"
#include "host/vmm/launch/parts.hpp"
#include "host/vmm/plan/snp.hpp"

namespace host::vmm::snp {

os::OrFailure<Image> open_image(std::string const& shim) {
    auto const path = TRY(find_part("shim-" + shim));
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
    return walk_pages(plan.regions(), SnpSupply{image, plan, {}, wish.secure_tsc}, listener);
}

} // namespace host::vmm::snp
