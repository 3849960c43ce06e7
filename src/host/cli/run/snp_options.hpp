#pragma once

// Options on an SEV-SNP Keep, which is measured: what `enarx run`, `enarx keep` and `enarx serve`
// share.

#include "host/cli/command.hpp"
#include "host/vmm/backend/backend.hpp"
#include "host/vmm/launch/order.hpp"

#include <optional>
#include <string>
#include <vector>

namespace host::cli {

struct GivenSnp {
    std::optional<std::string> cpus;
    std::optional<std::string> guest_policy;
    std::optional<std::string> id_block;
    std::optional<std::string> id_auth;
    std::optional<std::string> host_data;
    std::optional<std::string> certificates;
    bool secure_tsc = false;

    bool any() const {
        return cpus || guest_policy || id_block || id_auth || host_data || certificates ||
               secure_tsc;
    }
};

void add_snp_options(std::vector<Option>& options, GivenSnp& given);
// Refused: any of them for a Keep of another backend.
os::OrFailure<void>
add_snp_terms(vmm::LaunchOrder& order, GivenSnp const& given, vmm::Backend const& backend);
// The same options as they were given, for an `enarx keep` that this program starts.
std::vector<std::string> snp_words(GivenSnp const& given);

} // namespace host::cli
