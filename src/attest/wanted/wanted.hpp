#pragma once

// Which endorsements evidence needs, where vendors give them, and whether an answer is what was
// asked for. Pure: getting them is the caller's.
//
// AMD: VCEK certificate and KDS interface specification (57230), 4.1 to 4.3. Intel: SGX and TDX
// Provisioning Certification Service API, version 4.

#include "attest/endorsements.hpp"
#include "hw/snp/tcb.hpp"

#include <optional>
#include <variant>

namespace attest::wanted {

enum class Service : std::uint8_t {
    AmdKds,            // https://kdsintf.amd.com
    IntelPcs,          // https://api.trustedservices.intel.com
    IntelCertificates, // https://certificates.trustedservices.intel.com
};

struct Vcek {
    hw::snp::Product product{};
    std::vector<std::byte> hwid;
    hw::snp::Tcb tcb;
};
struct Chain {
    std::string subject; // the commonName of its intermediate
};
struct List {
    std::string issuer; // the commonName
};
struct PlatformTcb {
    dcap::Tee tee{};
    base::Bytes<6> fmspc{};
};
struct QuotingEnclave {
    dcap::Tee tee{};
};

struct Wanted {
    Service service{};
    std::string target; // path and query below the service's address
    std::variant<Vcek, Chain, List, PlatformTcb, QuotingEnclave> what;
    std::string chain_header = {}; // of the answer: the issuers' chain, PEM in percent-encoding
};

// Of a report of version 2, which does not tell its product, `product` does.
base::Result<std::vector<Wanted>, Unusable>
endorsements_for(base::View evidence, std::optional<hw::snp::Product> product);

// Of a processor that says itself what it is: CHIP_ID and TCB_VERSION as in its reports. Its VCEK,
// the chain above that and the list of what is revoked.
struct Chip {
    hw::snp::Product product{};
    base::Bytes<64> id{};
    hw::snp::TcbVersion reported_tcb{};
};
std::vector<Wanted> endorsements_of(Chip const& chip);

// For messages: "the VCEK of chip ...".
std::string name_of(Wanted const& wanted);

// Whether these endorsements are what is wanted, by what they say of themselves.
bool answers(Wanted const& wanted, Endorsements const& got);

// What came, with the chain of the header behind it: taken apart, and what was asked for.
base::Result<Endorsements, Unusable> read_answer(
    Wanted const& wanted, base::View body, std::string_view chain, std::string const& source
);

// Until when it need not be asked for again; nothing: it never changes.
std::optional<std::chrono::sys_seconds> good_until(Endorsements const& answer);

} // namespace attest::wanted
