#include "attest/roots.hpp"

#include <algorithm>

namespace attest {

namespace {

constexpr unsigned char amd_ark_milan[] = {
#embed "roots/amd-ark-milan.der"
};
constexpr unsigned char amd_ark_genoa[] = {
#embed "roots/amd-ark-genoa.der"
};
constexpr unsigned char amd_ark_turin[] = {
#embed "roots/amd-ark-turin.der"
};
constexpr unsigned char intel_sgx_root_ca[] = {
#embed "roots/intel-sgx-root-ca.der"
};
constexpr unsigned char aws_nitro_root_g1[] = {
#embed "roots/aws-nitro-root-g1.der"
};

template <std::size_t N> base::View bytes(unsigned char const (&data)[N]) {
    // Safety: std::byte may alias any object.
    return {reinterpret_cast<std::byte const*>(data), N};
}

std::array<BuiltinRoot, 5> const& roots() {
    static std::array<BuiltinRoot, 5> const all{{
        {"ARK-Milan",
         Purpose::AmdMilan,
         bytes(amd_ark_milan),
         "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",
         "AMD KDS, https://kdsintf.amd.com/vcek/v1/Milan/cert_chain"},
        {"ARK-Genoa",
         Purpose::AmdGenoa,
         bytes(amd_ark_genoa),
         "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
         "AMD KDS, https://kdsintf.amd.com/vcek/v1/Genoa/cert_chain"},
        {"ARK-Turin",
         Purpose::AmdTurin,
         bytes(amd_ark_turin),
         "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a",
         "AMD KDS, https://kdsintf.amd.com/vcek/v1/Turin/cert_chain"},
        {"Intel SGX Root CA",
         Purpose::Intel,
         bytes(intel_sgx_root_ca),
         "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3",
         "Intel PCS, "
         "https://certificates.trustedservices.intel.com/"
         "Intel_SGX_Provisioning_Certification_RootCA.cer"},
        {"aws.nitro-enclaves",
         Purpose::Aws,
         bytes(aws_nitro_root_g1),
         "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b",
         "AWS, https://aws-nitro-enclaves.amazonaws.com/AWS_NitroEnclaves_Root-G1.zip"},
    }};
    return all;
}

} // namespace

std::span<BuiltinRoot const> builtin_roots() { return roots(); }

Roots Roots::builtin() {
    Roots out;
    for (auto const& root : roots())
        // What is built in parses: a test reads them all.
        if (auto parsed = crypto::Certificate::parse(root.der))
            out.add({std::move(*parsed), "built-in " + std::string(root.name)}, {root.purpose});
    return out;
}

Roots Roots::only(std::vector<Sourced<crypto::Certificate>> const& roots, Purposes purposes) {
    Roots out;
    for (auto const& root : roots) out.add(root, purposes);
    return out;
}

void Roots::add(Sourced<crypto::Certificate> const& root, Purposes purposes) {
    all_.push_back(root);
    for (auto const purpose : all_purposes)
        if (purposes.contains(purpose))
            by_purpose_[static_cast<std::size_t>(purpose)].push_back(root);
}

Purposes Roots::pinned_for(crypto::Certificate const& certificate) const {
    Purposes out;
    for (auto const purpose : all_purposes)
        if (std::ranges::any_of(of(purpose), [&](auto const& root) {
                return base::equal(root.value.der(), certificate.der());
            }))
            out.add(purpose);
    return out;
}

} // namespace attest
