#include "attest/wanted/wanted.hpp"

#include "attest/appraisal.hpp"
#include "attest/path.hpp"
#include "attest/snp/leaf.hpp"
#include "attest/text.hpp"
#include "attest/wanted/of_evidence.hpp"
#include "base/hex.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace attest::wanted {

namespace {

std::string_view name_of(dcap::Tee tee) { return tee == dcap::Tee::Tdx ? "TDX" : "SGX"; }

std::string shown(Vcek const& what) {
    return fmt::format(
        "the VCEK of the {} processor {} at TCB {}.{}.{}.{}.{}",
        snp::name_of(what.product),
        hex(what.hwid).substr(0, 16),
        what.tcb.fmc,
        what.tcb.boot_loader,
        what.tcb.tee,
        what.tcb.snp,
        what.tcb.microcode
    );
}
std::string shown(Chain const& what) { return "the chain of " + what.subject; }
std::string shown(List const& what) { return "the revocation list of " + what.issuer; }
std::string shown(PlatformTcb const& what) {
    return fmt::format("the TCB info of {} for FMSPC {}", name_of(what.tee), hex(what.fmspc));
}
std::string shown(QuotingEnclave const& what) {
    return fmt::format("the identity of the quoting enclave of {}", name_of(what.tee));
}

bool is(Vcek const& what, Endorsements const& got) {
    return std::ranges::any_of(got.certificates(), [&](auto const& link) {
        auto const leaf = snp::parse_leaf(link.value);
        return leaf && leaf->product == what.product && leaf->tcb == what.tcb &&
               base::equal(leaf->hwid, what.hwid);
    });
}
bool is(Chain const& what, Endorsements const& got) {
    return std::ranges::any_of(got.certificates(), [&](auto const& link) {
        return shown_name(link.value.subject()) == what.subject;
    });
}
bool is(List const& what, Endorsements const& got) {
    return std::ranges::any_of(got.revocation_lists(), [&](auto const& list) {
        return shown_name(list.value.issuer()) == what.issuer;
    });
}
bool is(PlatformTcb const& what, Endorsements const& got) {
    return std::ranges::any_of(got.collateral(), [&](auto const& document) {
        auto const* info = document.value.tcb_info();
        return info && info->tee == what.tee && base::equal(info->fmspc, what.fmspc);
    });
}
bool is(QuotingEnclave const& what, Endorsements const& got) {
    return std::ranges::any_of(got.collateral(), [&](auto const& document) {
        auto const* identity = document.value.enclave_identity();
        return identity && identity->tee == what.tee;
    });
}

// RFC 3986, 2.1; nothing where a percent sign has no two digits behind it.
std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        std::byte byte{};
        if (!base::unhex(text.substr(i + 1, 2), {&byte, 1})) return {};
        out += static_cast<char>(byte);
        i += 2;
    }
    return out;
}

} // namespace

std::string name_of(Wanted const& wanted) {
    return std::visit([](auto const& what) { return shown(what); }, wanted.what);
}

base::Result<std::vector<Wanted>, Unusable>
endorsements_for(base::View evidence, std::optional<hw::snp::Product> product) {
    auto const kind = recognise(evidence);
    if (kind == Kind::SnpReport) return of_report(evidence, product);
    if (kind == Kind::SgxQuote || kind == Kind::TdxQuote) return of_quote(evidence);
    if (kind == Kind::NitroDocument) return std::vector<Wanted>{}; // has all inside
    return std::unexpected(
        Unusable{
            .source = "evidence",
            .offset = 0,
            .expected = "a report of SEV-SNP or a quote of SGX or TDX",
            .found = kind ? std::string{attest::name_of(*kind)} : "no evidence that Enarx knows",
        }
    );
}

bool answers(Wanted const& wanted, Endorsements const& got) {
    return std::visit([&](auto const& what) { return is(what, got); }, wanted.what);
}

base::Result<Endorsements, Unusable> read_answer(
    Wanted const& wanted, base::View body, std::string_view chain, std::string const& source
) {
    Endorsements out;
    TRY(out.add(body, source));
    if (!answers(wanted, out))
        return std::unexpected(Unusable{source, 0, name_of(wanted), "something else"});
    if (wanted.chain_header.empty()) return out;
    auto const pem = percent_decoded(chain);
    auto const header = source + " header " + wanted.chain_header;
    if (!pem || pem->empty())
        return std::unexpected(Unusable{header, 0, "PEM in percent-encoding", "another text"});
    TRY(out.add(base::view_of(*pem), header));
    return out;
}

std::optional<std::chrono::sys_seconds> good_until(Endorsements const& answer) {
    std::optional<std::chrono::sys_seconds> out;
    auto const earlier = [&](std::chrono::sys_seconds at) { out = std::min(out.value_or(at), at); };
    for (auto const& list : answer.revocation_lists()) earlier(list.value.next_update());
    for (auto const& document : answer.collateral()) earlier(document.value.next_update());
    return out;
}

} // namespace attest::wanted
