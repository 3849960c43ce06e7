#include "host/vmm/probe/cpuid.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

#include <cpuid.h>

namespace host::vmm {

namespace {

CpuId ask(std::uint32_t leaf, std::uint32_t subleaf) {
    CpuId out;
    __cpuid_count(leaf, subleaf, out.eax, out.ebx, out.ecx, out.edx);
    return out;
}

class Answers {
public:
    CpuId of(std::uint32_t leaf, std::uint32_t subleaf) {
        std::scoped_lock const lock{mutex_};
        // An Intel processor answers a leaf above its highest one with that of the highest.
        auto const highest = kept(leaf & 0x80000000U, 0).eax;
        return leaf > highest ? CpuId{} : kept(leaf, subleaf);
    }

private:
    struct Answer {
        std::uint32_t leaf;
        std::uint32_t subleaf;
        CpuId registers;
    };

    CpuId kept(std::uint32_t leaf, std::uint32_t subleaf) {
        auto const found = std::ranges::find_if(answers_, [&](Answer const& answer) {
            return answer.leaf == leaf && answer.subleaf == subleaf;
        });
        if (found != answers_.end()) return found->registers;
        return answers_.emplace_back(leaf, subleaf, ask(leaf, subleaf)).registers;
    }

    std::mutex mutex_;
    std::vector<Answer> answers_;
};

} // namespace

CpuId this_cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
    static Answers answers; // the processor's, which do not change
    return answers.of(leaf, subleaf);
}

} // namespace host::vmm
