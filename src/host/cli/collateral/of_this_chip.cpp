#include "host/cli/collateral/of_this_chip.hpp"

#include "attest/snp/report_rules.hpp"
#include "base/view.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "host/vmm/backend/snp/platform.hpp"
#include "os/clock.hpp"
#include "protocol/evidence/vouched.hpp"

#include <bit>
#include <chrono>

namespace host::cli {

namespace {

using attest::Endorsements;
using attest::wanted::Wanted;

constexpr std::string_view amds = "https://kdsintf.amd.com";

// AMD64 APM volume 3, E.3.2: CPUID leaf 1, EAX.
std::optional<hw::snp::Product> product_of_signature(std::uint32_t signature) {
    auto const family = (signature >> 8 & 0xf) + (signature >> 20 & 0xff);
    auto const model = (signature >> 4 & 0xf) | (signature >> 12 & 0xf0);
    return attest::snp::product_of(
        static_cast<std::uint8_t>(family), static_cast<std::uint8_t>(model)
    );
}

std::string address_of(Wanted const& wanted) { return std::string{amds} + wanted.target; }

} // namespace

os::OrFailure<std::vector<Wanted>> wanted_of_this_chip() {
    constexpr std::string_view otherwise =
        "`enarx platform info` shows what is missing; or give a report of a guest on this "
        "processor with --report FILE";
    auto const chip = vmm::snp::chip_of(vmm::Machine::real());
    if (!chip)
        return failure(
            "platform-unknown",
            "/dev/sev does not say which processor this is: " +
                std::string{os::description(chip.error())},
            std::string{otherwise}
        );
    auto const product = product_of_signature(chip->signature);
    if (!product)
        return failure(
            "platform-unknown",
            "this processor is no Milan, Genoa or Turin, or KVM does not say what it is",
            std::string{otherwise}
        );
    return attest::wanted::endorsements_of(
        {.product = *product,
         .id = chip->id,
         .reported_tcb = {.raw = std::bit_cast<base::Bytes<8>>(chip->reported_tcb)}}
    );
}

os::OrFailure<std::string> bundle_of(std::vector<Endorsements> const& all) {
    Endorsements gathered;
    for (auto const& one : all) {
        auto const bundle = one.bundle();
        if (!bundle) return unusable(bundle.error());
        if (auto const added = gathered.add(*bundle, "cache"); !added)
            return unusable(added.error());
    }
    auto const bundle = gathered.bundle();
    if (!bundle) return unusable(bundle.error());
    return std::string{base::text_of(*bundle)};
}

void keep_for_keeps(CollateralCache const& cache, Wanted const& wanted, Endorsements const& got) {
    cache.keep(address_of(wanted), got);
}

std::optional<std::string> kept_for_keeps() {
    auto const wanted = wanted_of_this_chip();
    auto const now = os::now_ns(os::Clock::Realtime);
    if (!wanted || !now) return {};
    auto const cache = CollateralCache::open({});
    if (!cache) return {};
    std::chrono::sys_seconds const at{std::chrono::seconds{*now / 1'000'000'000}};
    std::vector<Endorsements> found;
    for (auto const& one : *wanted) {
        auto known = cache->find(address_of(one), one, at);
        bool const vcek = std::holds_alternative<attest::wanted::Vcek>(one.what);
        if (!known && vcek) return {};
        if (known) found.push_back(std::move(*known));
    }
    auto bundle = bundle_of(found);
    if (!bundle || bundle->size() > protocol::evidence::most_certificates) return {};
    return std::move(*bundle);
}

} // namespace host::cli
