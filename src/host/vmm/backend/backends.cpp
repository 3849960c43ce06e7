// The list of all backends.

#include "host/vmm/backend/backend.hpp"
#include "host/vmm/backend/kvm/kvm.hpp"
#include "host/vmm/backend/nil/nil.hpp"
#include "host/vmm/backend/sgx/sgx.hpp"
#include "host/vmm/backend/snp/snp.hpp"
#include "host/vmm/backend/tdx/tdx.hpp"

#include <array>

namespace host::vmm {

namespace {

constexpr std::string_view by_hardware = "encrypted and attested by the processor: neither the "
                                         "host's owner nor its kernel can read or change it";

constexpr std::array all{
    Backend{
        "snp", "sev", "AMD SEV-SNP", by_hardware, true, KeptCode::Sealed, probe_snp, launch_snp
    },
    Backend{"tdx", "", "Intel TDX", by_hardware, true, KeptCode::None, probe_tdx, nullptr},
    Backend{"sgx", "", "Intel SGX", by_hardware, true, KeptCode::None, probe_sgx, nullptr},
    Backend{
        "kvm",
        "",
        "KVM",
        "a virtual machine that protects the host from the application, but not the application "
        "from the host",
        false,
        KeptCode::Plain,
        probe_kvm,
        launch_kvm
    },
    Backend{
        "nil",
        "",
        "no Keep",
        "WebAssembly's sandbox protects the host from the application, but nothing protects the "
        "application from the host",
        false,
        KeptCode::Plain,
        probe_nil,
        launch_nil
    },
};

} // namespace

std::span<Backend const> backends() { return all; }

Backend const* find_backend(std::string_view name) {
    for (auto const& backend : all)
        if (name == backend.name || (!backend.alias.empty() && name == backend.alias))
            return &backend;
    return nullptr;
}

} // namespace host::vmm
