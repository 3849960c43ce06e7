#include "host/cli/deploy/terms.hpp"

#include "host/cli/report.hpp"
#include "host/cli/verify/kinds.hpp"
#include "host/cli/verify/policy.hpp"
#include "host/cli/verify/time.hpp"
#include "host/vmm/backend/kvm/kvm.hpp"

namespace host::cli {

namespace {

std::vector<std::vector<std::byte>> own_measurements() {
    std::vector<std::vector<std::byte>> out;
    for (auto const& each : vmm::measure_kvm_shims()) out.emplace_back(each.begin(), each.end());
    return out;
}

} // namespace

os::OrFailure<Terms>
Terms::of(JudgeWishes const& wishes, std::vector<base::View> const& measurements) {
    std::vector<std::vector<std::byte>> values;
    for (auto const& text : wishes.measurements) values.push_back(TRY(parse_measurement(text)));
    if (values.empty())
        for (auto const each : measurements) values.emplace_back(each.begin(), each.end());
    auto anchors = TRY(read_anchors(wishes.endorsements, wishes.roots));
    if (!anchors.of_the_kind.empty())
        return failure(
            "usage",
            "--root does not say for which evidence it is",
            "which kind a Keep has is not known before: --root amd:FILE, intel:FILE"
        );
    bool const named = !values.empty();
    Terms out{
        std::move(anchors),
        TRY(read_policy(wishes.policy.value_or("strict"))),
        named ? attest::Measurements::any_of(std::move(values)) : attest::Measurements::unbound()
    };
    out.at_ = TRY(time_or_now(wishes.at));
    if (wishes.kinds) out.kinds_ = TRY(parse_kinds(*wishes.kinds));
    out.allow_no_hardware_ = wishes.allow_no_hardware;
    out.own_count_ = out.allow_no_hardware_ && !named;
    return out;
}

void Terms::look_ahead() {
    if (own_count_) own_ = std::async(std::launch::async, own_measurements).share();
}

attest::provision::Judging Terms::judging() const {
    return [this](
               crypto::BoundChannel const& channel,
               attest::provision::Offer const& offer,
               attest::provision::Demand const& demand,
               std::span<base::View const> hints
           ) {
        auto endorsements = anchors_.endorsements;
        // What cannot be used is passed over: without it the evidence may still be judged.
        endorsements.add_hints(hints, "the Keep");
        std::function<std::vector<std::vector<std::byte>>()> own;
        if (own_count_) own = [this] { return own_.valid() ? own_.get() : own_measurements(); };
        return attest::provision::accept(
            channel,
            offer,
            demand,
            {.endorsements = endorsements,
             .roots = anchors_.roots,
             .policy = policy_,
             .measurements = measurements_,
             .at = at_,
             .kinds = kinds_,
             .allow_no_hardware = allow_no_hardware_ && kinds_.contains(attest::Kind::NoHardware),
             .own_measurements = own}
        );
    };
}

} // namespace host::cli
