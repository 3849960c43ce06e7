// Whatever the text: a policy file is read, or refused with a line and a column; none turns off a
// rule without which the bytes mean nothing.

#include "attest/appraisal.hpp"
#include "policy/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const text{reinterpret_cast<std::byte const*>(data), size};
    auto const policy = policy::parse_policy("fuzz", text);
    if (!policy) {
        if (policy.error().name != "policy-invalid" || !policy.error().text.starts_with("fuzz:"))
            __builtin_trap();
        return 0;
    }
    for (auto const kind : attest::all_kinds())
        for (auto const* rule : attest::rules_for(kind))
            if (rule->level == attest::Level::Always && !policy->on(*rule)) __builtin_trap();
    return 0;
}
