#pragma once

// What a report of an SEV-SNP Keep of this installation will hold as MEASUREMENT.

#include "host/vmm/measurement.hpp"

#include <string>

namespace host::vmm::snp {

// vCPUs of a Keep that does not say how many: each is a page of its measurement.
inline constexpr std::uint32_t usual_cpus = 4;

struct MeasureWish {
    std::string shim = "snp"; // libexec/enarx/shim-*
    std::uint32_t cpus = usual_cpus;
    bool secure_tsc = false;
};

// The parts of such a Keep. Refused: a shim that believes the host's memory.
os::OrFailure<Image> open_image(std::string const& shim);

// Walks the pages that the launch will add. Takes neither an application nor such a processor.
os::OrFailure<void> walk_launch(MeasureWish const& wish, PageListener const& listener);

} // namespace host::vmm::snp
