// enarx measure kvm.

#include "host/vmm/backend/kvm/kvm.hpp"

#include "attest/text.hpp"
#include "host/cli/measure/measure.hpp"
#include "host/cli/report.hpp"

namespace host::cli {

namespace {

class MeasureKvm : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    std::optional<std::string> shim_;
};

Syntax MeasureKvm::syntax(Global& global) {
    (void)global;
    return {
        .options =
            {{.name = "--shim",
              .value = "WAY",
              .help = "The shim that the Keep will run: kvm (in ring 0) or deprivileged; without "
                      "this option the one that suits this host.",
              .target = &shim_,
              .choices = {"kvm", "deprivileged"}}},
        .operands = {}
    };
}

os::OrFailure<int> MeasureKvm::carry_out(Global const& global) {
    (void)global;
    auto const measurement = TRY(vmm::measure_kvm({.shim = shim_}));
    TRY(write_output(attest::hex(measurement) + '\n'));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_measure_kvm() { return std::make_unique<MeasureKvm>(); }

} // namespace host::cli
