// The table itself. Each row has its source; no level of firmware stands here, for the bulletins
// change: those that `strict` asks for are in snp/limits.hpp, Intel's in its signed TCB info.

#include "attest/advisories/advisory.hpp"

#include <array>

namespace attest {

namespace {

constexpr std::array table{
    Advisory{
        "BadFuse",
        "",
        "2026-05-13",
        Concern::Milan,
        "Software on the host can read the seed of the keys that sign reports (VCEK): it can then "
        "forge reports of any firmware for that processor.",
        Proof::Nothing,
        "",
        "arXiv 2605.12990"
    },
    Advisory{
        "CVE-2025-61971",
        "AMD-SB-3030",
        "2026-05-13",
        Concern::AllSnp,
        "The host can change the routing of memory-mapped I/O after start-up.",
        Proof::Bulletin,
        "",
        "NVD, CVE-2025-61971"
    },
    Advisory{
        "CVE-2025-29943",
        "",
        "2026-01",
        Concern::AllSnp,
        "StackWarp: the sibling thread of a core can shift the guest's stack pointer. Without SMT "
        "there is no such thread; the microcode that mitigates it with SMT stands in AMD's "
        "bulletin.",
        Proof::Rule,
        "snp.platform.smt",
        "speed47/spectre-meltdown-checker, pull request 539"
    },
    Advisory{
        "CVE-2025-0033",
        "AMD-SB-3020",
        "2025-10-13",
        Concern::AllSnp,
        "RMPocalypse: the host can write to the table of memory ownership while it is set up.",
        Proof::Floor,
        "",
        "AMD product security, AMD-SB-3016 and AMD-SB-3020; snp/limits.hpp"
    },
    Advisory{
        "TEE.fail",
        "",
        "2025-10",
        Concern::AllSnp,
        "Whoever can put a device between processor and DDR5 memory can read keys out of guests, "
        "those that sign evidence included. Vendors hold this out of scope.",
        Proof::Nothing,
        "",
        "https://tee.fail"
    },
    Advisory{
        "Battering RAM",
        "",
        "2025-09",
        Concern::AllSnp,
        "A cheap device between processor and DDR4 memory can redirect what is read, after the "
        "check for aliases at start-up.",
        Proof::Nothing,
        "",
        "https://batteringram.eu"
    },
    Advisory{
        "CVE-2024-56161",
        "AMD-SB-3019",
        "2025-02-03",
        Concern::MilanAndGenoa,
        "EntrySign: the host can load microcode of its own making.",
        Proof::Floor,
        "",
        "AMD product security, AMD-SB-3019; NVD, CVE-2024-56161; snp/microcode_floor.cpp"
    },
    Advisory{
        "CVE-2024-21944",
        "AMD-SB-3015",
        "2024-12-10",
        Concern::MilanAndGenoa,
        "BadRAM: memory modules that lie about their size make two addresses of one place.",
        Proof::Rule,
        "snp.platform.alias-check",
        "AMD product security, AMD-SB-3015"
    },
    Advisory{
        "CVE-2023-20592",
        "AMD-SB-3005",
        "2023-11-14",
        Concern::Milan,
        "CacheWarp: the host can drop writes that the guest has made.",
        Proof::Floor,
        "",
        "AMD product security, AMD-SB-3005"
    },
    Advisory{
        "Side channels between threads",
        "",
        "",
        Concern::AllSnp,
        "Where SMT is on, the host can run on the other thread of the guest's core and watch what "
        "they share.",
        Proof::Rule,
        "snp.platform.smt",
        "SEV-SNP firmware ABI, PLATFORM_INFO bit 0"
    },
    Advisory{
        "Side channels of ciphertext",
        "",
        "",
        Concern::AllSnp,
        "The host sees encrypted memory: equal ciphertext at one address tells of equal content.",
        Proof::Rule,
        "snp.platform.ciphertext-hiding",
        "SEV-SNP firmware ABI, PLATFORM_INFO bit 4"
    },
    Advisory{
        "Intel's advisories",
        "INTEL-SA",
        "",
        Concern::SgxAndTdx,
        "What Intel knows of is in its TCB info: a level below UpToDate names the advisories that "
        "are open.",
        Proof::Rule,
        "dcap.tcb.status",
        "Intel PCS, Get TCB Info, advisoryIDs"
    },
    Advisory{
        "TEE.fail",
        "",
        "2025-10",
        Concern::SgxAndTdx,
        "Whoever can put a device between processor and DDR5 memory can read keys, those that sign "
        "quotes included. Vendors hold this out of scope.",
        Proof::Nothing,
        "",
        "https://tee.fail"
    },
    Advisory{
        "WireTap",
        "",
        "2025-10",
        Concern::Sgx,
        "Whoever can put a device between processor and DDR4 memory can read the key that signs "
        "quotes. Vendors hold this out of scope.",
        Proof::Nothing,
        "",
        "https://wiretap.fail"
    },
    Advisory{
        "Battering RAM",
        "",
        "2025-09",
        Concern::Sgx,
        "A cheap device between processor and DDR4 memory can redirect what is read.",
        Proof::Nothing,
        "",
        "https://batteringram.eu"
    },
    Advisory{
        "AEX-NStep",
        "",
        "2025-10",
        Concern::Sgx,
        "The host can count an enclave's instructions by interrupting it, AEX-Notify or not.",
        Proof::Nothing,
        "",
        "arXiv 2510.14675"
    },
    Advisory{
        "Side channels between threads",
        "",
        "",
        Concern::SgxAndTdx,
        "Where SMT is on, the host can run on the other thread of the core and watch what they "
        "share.",
        Proof::Rule,
        "dcap.platform.smt",
        "Intel SGX PCK Certificate and CRL Profile Specification, Configuration"
    },
    Advisory{
        "The operator",
        "",
        "",
        Concern::Nitro,
        "AWS makes the hypervisor, signs the document and runs the machine: the document proves "
        "nothing against AWS itself.",
        Proof::Nothing,
        "",
        "AWS Nitro Enclaves user guide"
    },
    Advisory{
        "The maker of the platform",
        "",
        "",
        Concern::Cca,
        "There is no root of Arm's: who holds the platform's key can sign any token. That the key "
        "lies in hardware is the word of whoever gave it to you.",
        Proof::Nothing,
        "",
        "draft-ffm-rats-cca-token, 7"
    },
};

} // namespace

std::span<Advisory const> advisories() { return table; }

} // namespace attest
