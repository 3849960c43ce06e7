#include "attest/dcap/pck.hpp"

#include "crypto/der.hpp"
#include "crypto/name.hpp"
#include "crypto/oid.hpp"

#include <algorithm>

namespace attest::dcap {

namespace {

using crypto::DerReader;
using crypto::Malformed;
using crypto::oid_bytes;
using crypto::Tag;
template <class T = void> using Parsed = base::Result<T, Malformed>;

// 1.2.840.113741.1.13.1 and its arcs.
constexpr base::View oid_sgx = oid_bytes<1, 2, 840, 113741, 1, 13, 1>;
constexpr base::View oid_tcb = oid_bytes<1, 2, 840, 113741, 1, 13, 1, 2>;
constexpr base::View oid_configuration = oid_bytes<1, 2, 840, 113741, 1, 13, 1, 7>;

constexpr std::size_t tcb_pce_svn = 17; // behind the sixteen components
constexpr std::size_t tcb_cpu_svn = 18;

// The arc that follows `parent` in an identifier of one arc more, below 128.
Parsed<std::size_t> last_arc(base::View oid, base::View parent, Malformed const& here) {
    if (oid.size() != parent.size() + 1 || !base::equal(oid.first(parent.size()), parent) ||
        oid.back() > std::byte{0x7f})
        return std::unexpected(here);
    return std::to_integer<std::size_t>(oid.back());
}

template <std::size_t N> Parsed<base::Bytes<N>> octets(DerReader& in, std::string_view what) {
    auto const here = in.malformed(what);
    auto const element = TRY(in.next(Tag::OctetString, what));
    if (element.content.size() != N) return std::unexpected(here);
    base::Bytes<N> out;
    std::ranges::copy(element.content, out.begin());
    return out;
}

Parsed<bool> boolean(DerReader& in) {
    auto const here = in.malformed("a BOOLEAN in DER");
    auto const element = TRY(in.next(Tag::Boolean, here.what));
    if (element.content.size() != 1 ||
        (element.content[0] != std::byte{0} && element.content[0] != std::byte{0xff}))
        return std::unexpected(here);
    return element.content[0] != std::byte{0};
}

// Calls `read(arc, reader)` for each pair of identifier and value; each arc occurs once.
template <class ReadOne>
Parsed<> each_field(DerReader list, base::View parent, ReadOne&& read_one) {
    std::array<bool, 128> seen{};
    while (!list.empty()) {
        auto const here = list.malformed("an identifier of Intel's, each once");
        auto pair = TRY(list.enter(Tag::Sequence, "a pair of identifier and value"));
        auto const oid = TRY(pair.next(Tag::Oid, here.what)).content;
        auto const arc = TRY(last_arc(oid, parent, here));
        if (std::exchange(seen[arc], true)) return std::unexpected(here);
        TRY(read_one(arc, pair));
        TRY(pair.finish("the end of a pair of identifier and value"));
    }
    return {};
}

Parsed<> read_tcb(DerReader list, Pck& out) {
    std::size_t count = 0;
    auto const here = list.malformed("sixteen components, PCESVN and CPUSVN");
    TRY(each_field(list, oid_tcb, [&](std::size_t arc, DerReader& value) -> Parsed<> {
        ++count;
        if (arc == tcb_cpu_svn) {
            out.cpu_svn = TRY(octets<16>(value, "CPUSVN, 16 bytes"));
            return {};
        }
        auto const number = TRY(value.unsigned_integer("an SVN"));
        bool const component = arc >= 1 && arc <= out.components.size();
        if ((!component && arc != tcb_pce_svn) || number > (component ? 0xffU : 0xffffU))
            return std::unexpected(here);
        if (component)
            out.components[arc - 1] = static_cast<std::uint8_t>(number);
        else
            out.pce_svn = static_cast<std::uint16_t>(number);
        return {};
    }));
    if (count != tcb_cpu_svn) return std::unexpected(here);
    return {};
}

Parsed<> read_configuration(DerReader list, Pck& out) {
    auto const here = list.malformed("a known bit of the platform's configuration");
    return each_field(list, oid_configuration, [&](std::size_t arc, DerReader& value) -> Parsed<> {
        auto const set = TRY(boolean(value));
        switch (arc) {
        case 1:
            out.dynamic_platform = set;
            return {};
        case 2:
            out.cached_keys = set;
            return {};
        case 3:
            out.smt_enabled = set;
            return {};
        default:
            return std::unexpected(here);
        }
    });
}

Parsed<> read_sgx_type(DerReader& value, Pck& out) {
    auto const here = value.malformed("an SGX type from 0 to 2");
    auto const element = TRY(value.next(Tag::Enumerated, here.what));
    if (element.content.size() != 1 || element.content[0] > std::byte{2})
        return std::unexpected(here);
    out.sgx_type = SgxType(element.content[0]);
    return {};
}

// One of the fields of the whole extension.
Parsed<> read_field(std::size_t arc, DerReader& value, Pck& out) {
    switch (arc) {
    case 1:
        out.ppid = TRY(octets<16>(value, "PPID, 16 bytes"));
        return {};
    case 2:
        return read_tcb(TRY(value.enter(Tag::Sequence, "TCB")), out);
    case 3:
        out.pce_id = TRY(octets<2>(value, "PCEID, 2 bytes"));
        return {};
    case 4:
        out.fmspc = TRY(octets<6>(value, "FMSPC, 6 bytes"));
        return {};
    case 5:
        return read_sgx_type(value, out);
    case 6:
        out.platform_instance_id = TRY(octets<16>(value, "Platform Instance ID, 16 bytes"));
        return {};
    case 7:
        return read_configuration(TRY(value.enter(Tag::Sequence, "Configuration")), out);
    default:
        return std::unexpected(value.malformed("a known SGX extension"));
    }
}

} // namespace

bool is_pck(crypto::Certificate const& certificate) {
    return crypto::common_name(certificate.subject()) == "Intel SGX PCK Certificate";
}

base::Result<Pck, Malformed> parse_pck(crypto::Certificate const& certificate) {
    auto const* extension = certificate.extension(oid_sgx);
    if (!extension) return std::unexpected(Malformed{.what = "the SGX extensions"});
    Pck out;
    std::array<bool, 8> seen{};
    auto const read_one = [&](std::size_t arc, DerReader& value) -> Parsed<> {
        if (arc < seen.size()) seen[arc] = true;
        return read_field(arc, value, out);
    };
    auto const parse = [&]() -> Parsed<> {
        DerReader outer{extension->value};
        auto const list = TRY(outer.enter(Tag::Sequence, "the SGX extensions"));
        TRY(outer.finish("the end of the SGX extensions"));
        return each_field(list, oid_sgx, read_one);
    };
    auto const result = parse();
    auto const start = static_cast<std::size_t>(extension->value.data() - certificate.der().data());
    if (!result)
        return std::unexpected(
            Malformed{.what = result.error().what, .offset = start + result.error().offset}
        );
    if (!std::ranges::all_of(std::span{seen}.subspan(1, 5), std::identity{}))
        return std::unexpected(
            Malformed{.what = "PPID, TCB, PCEID, FMSPC and SGX type", .offset = start}
        );
    return out;
}

} // namespace attest::dcap
