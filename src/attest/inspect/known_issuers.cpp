#include "attest/inspect/known_issuers.hpp"

#include <array>

namespace attest::inspect {

namespace {

constexpr unsigned char amd_ask_milan[] = {
#embed "issuers/amd-ask-milan.der"
};
constexpr unsigned char amd_ask_genoa[] = {
#embed "issuers/amd-ask-genoa.der"
};
constexpr unsigned char amd_ask_turin[] = {
#embed "issuers/amd-ask-turin.der"
};
constexpr unsigned char amd_asvk_milan[] = {
#embed "issuers/amd-asvk-milan.der"
};
constexpr unsigned char amd_asvk_genoa[] = {
#embed "issuers/amd-asvk-genoa.der"
};
constexpr unsigned char amd_asvk_turin[] = {
#embed "issuers/amd-asvk-turin.der"
};
constexpr unsigned char intel_pck_platform_ca[] = {
#embed "issuers/intel-pck-platform-ca.der"
};
constexpr unsigned char intel_pck_processor_ca[] = {
#embed "issuers/intel-pck-processor-ca.der"
};
constexpr unsigned char intel_tcb_signing[] = {
#embed "issuers/intel-tcb-signing.der"
};

template <std::size_t N> base::View bytes(unsigned char const (&data)[N]) {
    // Safety: std::byte may alias any object.
    return {reinterpret_cast<std::byte const*>(data), N};
}

std::array<KnownIssuer, 9> const& issuers() {
    static std::array<KnownIssuer, 9> const all{{
        {"SEV-Milan",
         bytes(amd_ask_milan),
         "67d303bd3905fd38db8b20e0793699870e7fa612eaad5dec358293fd8c0bac1b",
         "AMD KDS, https://kdsintf.amd.com/vcek/v1/Milan/cert_chain"},
        {"SEV-Genoa",
         bytes(amd_ask_genoa),
         "5464738c1546aed5f2cecf1dc98c5c960a92e8913238a61711bc90ec6e828521",
         "AMD KDS, https://kdsintf.amd.com/vcek/v1/Genoa/cert_chain"},
        {"SEV-Turin",
         bytes(amd_ask_turin),
         "5b77ef5fe7a7a004fd9032668fba9d0fda22f88c4442069a479636a6ae3b3185",
         "AMD KDS, https://kdsintf.amd.com/vcek/v1/Turin/cert_chain"},
        {"SEV-VLEK-Milan",
         bytes(amd_asvk_milan),
         "c5e081f59b7efab1fe2f8b505e159704e72f29cab7ef7cf628a05a42439082f5",
         "AMD KDS, https://kdsintf.amd.com/vlek/v1/Milan/cert_chain"},
        {"SEV-VLEK-Genoa",
         bytes(amd_asvk_genoa),
         "197e610743a917d6b9bb982a5a9226ccc0a15b611be0619e626aca9151457372",
         "AMD KDS, https://kdsintf.amd.com/vlek/v1/Genoa/cert_chain"},
        {"SEV-VLEK-Turin",
         bytes(amd_asvk_turin),
         "104e10a8bd060a3c20a434261a57d0588fd65a88915b4f65b08bdecaf8df1a3c",
         "AMD KDS, https://kdsintf.amd.com/vlek/v1/Turin/cert_chain"},
        {"Intel SGX PCK Platform CA",
         bytes(intel_pck_platform_ca),
         "22eb770dca215b607b5ccfc21a672b1da5cc660b1ad0365020567979edcaa0e1",
         "Intel PCS, header SGX-PCK-Certificate-Issuer-Chain of \"Get PCK Certificate\""},
        {"Intel SGX PCK Processor CA",
         bytes(intel_pck_processor_ca),
         "13b2dccef8fc4ec977ee5249743b0f758ebd1e28d768b2e1e12bc348adaa09fb",
         "Intel PCS, header SGX-PCK-Certificate-Issuer-Chain of \"Get PCK Certificate\""},
        {"Intel SGX TCB Signing",
         bytes(intel_tcb_signing),
         "c0575e76d0303b61d09cde8cbdb70db34a74f38318300d7c0e6ba8cf4bf45aea",
         "Intel PCS, header TCB-Info-Issuer-Chain of \"Get TCB Info\""},
    }};
    return all;
}

} // namespace

std::span<KnownIssuer const> known_issuers() { return issuers(); }

} // namespace attest::inspect
