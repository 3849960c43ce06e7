// From an order to a running SEV-SNP Keep.

#include "host/vmm/backend/kvm/process.hpp"
#include "host/vmm/backend/snp/machine.hpp"
#include "host/vmm/backend/snp/measure.hpp"
#include "host/vmm/backend/snp/snp.hpp"
#include "host/vmm/backend/snp/supply.hpp"
#include "host/vmm/plan/snp.hpp"

#include <algorithm>

namespace host::vmm {

namespace {

os::OrFailure<Keep>
make_keep(Image const& image, LaunchOrder const& order, Handed const& handed, kvm::Log log) {
    auto const plan = TRY(snp_plan(image.sizes(), handed.wishes));
    snp::SnpSupply const supply{image, plan, handed.files, order.keep.snp.secure_tsc};
    auto machine = TRY(snp::Machine::launch(image, plan, supply, order.keep.snp));
    return Keep::create(
        std::make_unique<snp::Machine>(std::move(machine)), plan, handed.server, std::move(log)
    );
}

} // namespace

os::Failure launch_snp(LaunchOrder const& order) {
    auto const image = snp::open_image(snp::MeasureWish{}.shim);
    if (!image) return image.error();
    auto wishes = kvm::common_wishes(order.keep, order.keep.cpus.value_or(snp::usual_cpus));
    wishes.cpus = std::min(wishes.cpus, processors_told(wishes.max_cpus));
    return kvm::run_exec(
        order,
        wishes,
        {// The processor says what was measured, not the host.
         .measurement = [](Wishes const&)
             -> os::OrFailure<std::optional<protocol::evidence::Measurement>> { return {}; },
         .make = [&](Handed const& handed,
                     kvm::Log log) { return make_keep(*image, order, handed, std::move(log)); }
        }
    );
}

} // namespace host::vmm
