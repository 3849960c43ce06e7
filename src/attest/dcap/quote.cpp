#include "attest/dcap/quote.hpp"

#include "attest/dcap/form_rules.hpp"
#include "attest/text.hpp"

#include <fmt/format.h>

namespace attest::dcap {

namespace {

using hw::quote::BodyType;
using hw::quote::CertificationType;

constexpr std::size_t largest = 1024 * 1024; // certificates and padding included

Place place(std::size_t offset, std::string_view field) {
    return {.part = "quote", .offset = offset, .field = std::string(field)};
}

// Goes through the bytes; the first field that does not fit is the finding.
class Frame {
public:
    Frame(Judge& judge, base::View all) : judge_{&judge}, all_{all}, left_{all} {}

    std::size_t offset() const { return all_.size() - left_.size(); }
    base::View left() const { return left_; }

    template <base::Wire T> std::optional<T> take(std::string_view field) {
        auto const start = left_;
        auto out = base::take<T>(left_);
        if (!out) refuse(sizeof(T), start.size(), field);
        return out;
    }
    std::optional<base::View> bytes(std::size_t size, std::string_view field) {
        if (left_.size() < size) {
            refuse(size, left_.size(), field);
            return {};
        }
        auto const out = left_.first(size);
        left_ = left_.subspan(size);
        return out;
    }
    // A field that says how many bytes follow: no more and no fewer may be there.
    bool exactly(std::size_t size, std::string_view field) {
        return judge_->check(rules::size, left_.size() == size, [&] {
            return Detail{
                .expected = fmt::format("{}, for so many bytes follow it", left_.size()),
                .found = fmt::to_string(size),
                .place = place(offset() - sizeof(base::U32), field),
            };
        });
    }
    // From here on only the first `size` bytes count.
    void limit(std::size_t size) {
        all_ = all_.first(offset() + size);
        left_ = left_.first(size);
    }

private:
    void refuse(std::size_t wanted, std::size_t found, std::string_view field) {
        judge_->check(rules::size, false, [&] {
            return Detail{
                .expected = fmt::format("{} bytes", wanted),
                .found = fmt::to_string(found),
                .place = place(all_.size() - found, field),
            };
        });
    }

    Judge* judge_;
    base::View all_;
    base::View left_;
};

bool judge_header(Judge& judge, hw::quote::Header const& header) {
    auto const version = std::uint16_t(header.version);
    bool ok = judge.check(rules::version, version >= 3 && version <= 5, [&] {
        return Detail{
            .expected = "3, 4 or 5",
            .found = fmt::to_string(version),
            .place = place(0x0, "version"),
        };
    });
    ok &= judge.check(rules::key_type, header.att_key_type == hw::quote::ecdsa_p256, [&] {
        return Detail{
            .expected = "2, ECDSA with P-256",
            .found = fmt::to_string(std::uint16_t(header.att_key_type)),
            .place = place(0x2, "att_key_type"),
        };
    });
    auto const tee = std::uint32_t(header.tee_type);
    bool const known = tee == hw::quote::tee_sgx || (tee == hw::quote::tee_tdx && version != 3);
    ok &= judge.check(rules::tee_type, known, [&] {
        return Detail{
            .expected = version == 3 ? "0" : "0 (SGX) or 0x81 (TDX)",
            .found = hex(std::uint64_t(tee)),
            .place = place(0x4, "tee_type"),
        };
    });
    ok &= judge.check(
        rules::vendor,
        base::equal(header.qe_vendor_id, std::as_bytes(std::span{hw::quote::intel_qe_vendor_id})),
        [&] {
            return Detail{
                .expected = "Intel's, 939a7233f79c4ca9940a0db3957f0607",
                .found = hex(header.qe_vendor_id),
                .place = place(0xc, "qe_vendor_id"),
            };
        }
    );
    return ok;
}

// What follows the header: by its type in version 5, by the kind of TEE before.
std::optional<BodyType> read_body_type(Judge& judge, Frame& in, hw::quote::Header const& header) {
    bool const tdx = header.tee_type == hw::quote::tee_tdx;
    if (header.version != 5U) return tdx ? BodyType::Td10 : BodyType::SgxEnclave;
    auto const offset = in.offset();
    auto const descriptor = in.take<hw::quote::BodyDescriptor>("body descriptor");
    if (!descriptor) return {};
    auto const type = BodyType(std::uint16_t(descriptor->type));
    auto const size = std::uint32_t(descriptor->size);
    bool const fits =
        tdx ? (type == BodyType::Td10 && size == 584) || (type == BodyType::Td15 && size == 648)
            : type == BodyType::SgxEnclave && size == 384;
    bool const ok = judge.check(rules::body_type, fits, [&] {
        return Detail{
            .expected = tdx ? "type 2 with 584 bytes or type 3 with 648" : "type 1 with 384 bytes",
            .found = fmt::format("type {} with {} bytes", unsigned(type), size),
            .place = place(offset, "body descriptor"),
        };
    });
    if (!ok) return {};
    return type;
}

std::optional<Body> read_body(Frame& in, BodyType type) {
    if (type == BodyType::SgxEnclave) {
        auto const report = in.take<hw::sgx::ReportBody>("enclave report");
        if (!report) return {};
        return *report;
    }
    auto const report = in.take<hw::tdx::ReportBody>("TD report");
    if (!report) return {};
    TdBody out{.report = *report, .tail = {}};
    if (type == BodyType::Td15) {
        out.tail = in.take<hw::tdx::ReportBody15Tail>("TD report, TDX 1.5");
        if (!out.tail) return {};
    }
    return out;
}

// The length of the signature data; behind them only zeros.
bool limit_to_signature(Judge& judge, Frame& in) {
    auto const size = in.take<base::U32>("signature data length");
    if (!size) return false;
    bool const fits = *size <= in.left().size();
    bool const ok = judge.check(rules::size, fits && base::all_zero(in.left().subspan(*size)), [&] {
        return Detail{
            .expected = fits ? "zeros behind the signature data"
                             : fmt::format("at most {}", in.left().size()),
            .found = fits ? "other bytes" : fmt::to_string(std::uint32_t(*size)),
            .place = fits ? place(in.offset() + *size, "padding")
                          : place(in.offset() - sizeof(base::U32), "signature data length"),
        };
    });
    if (ok) in.limit(*size);
    return ok;
}

// Versions 4 and 5: the quoting enclave's part is wrapped in certification data of its own.
bool unwrap(Judge& judge, Frame& in, std::uint16_t version) {
    if (version < 4) return true;
    auto const offset = in.offset();
    auto const outer = in.take<hw::quote::CertificationHead>("certification data");
    if (!outer) return false;
    auto const type = std::uint16_t(outer->type);
    bool const ok = judge.check(
        rules::certification_type, CertificationType(type) == CertificationType::QeReport, [&] {
            return Detail{
                .expected = "6, the report of the quoting enclave",
                .found = fmt::to_string(type),
                .place = place(offset, "certification data type"),
            };
        }
    );
    return ok && in.exactly(outer->size, "certification data size");
}

bool read_quoting_enclave(Judge& judge, Frame& in, Quote& out) {
    out.signature_offset = in.offset();
    auto const head = in.take<hw::quote::EcdsaSignatureHead>("signature and attestation key");
    if (!head || !unwrap(judge, in, out.header.version)) return false;
    out.head = *head;
    out.qe_offset = in.offset();
    out.qe_report = in.left().first(std::min(in.left().size(), sizeof(hw::sgx::ReportBody)));
    auto const qe = in.take<hw::quote::QeReport>("report of the quoting enclave");
    if (!qe) return false;
    out.qe = *qe;
    auto const size = in.take<base::U16>("QE authentication data size");
    if (!size) return false;
    auto const data = in.bytes(*size, "QE authentication data");
    if (!data) return false;
    out.qe_authentication = *data;
    auto const head_offset = in.offset();
    auto const inner = in.take<hw::quote::CertificationHead>("certification data");
    if (!inner || !in.exactly(inner->size, "certification data size")) return false;
    out.certification_type = inner->type;
    out.certification_offset = in.offset();
    out.certification = in.left();
    auto const type = CertificationType(out.certification_type);
    return judge.check(
        rules::certification_type,
        (type >= CertificationType::PpidPlain && type <= CertificationType::PckChain) ||
            type == CertificationType::PlatformManifest,
        [&] {
            return Detail{
                .expected = "1 to 5 or 7",
                .found = fmt::to_string(out.certification_type),
                .place = place(head_offset, "certification data type"),
            };
        }
    );
}

} // namespace

std::optional<Quote> read_quote(Judge& judge, base::View evidence) {
    bool const small = judge.check(rules::size, evidence.size() <= largest, [&] {
        return Detail{
            .expected = "at most 1 MiB",
            .found = fmt::to_string(evidence.size()),
            .place = place(largest, "quote"),
        };
    });
    Frame in{judge, evidence};
    auto const header = small ? in.take<hw::quote::Header>("header") : std::nullopt;
    if (!header || !judge_header(judge, *header)) return {};
    Quote out;
    out.header = *header;
    auto const type = read_body_type(judge, in, *header);
    if (!type) return {};
    if (header->version != 5U) judge.not_applicable(rules::body_type, "before version 5");
    out.body_offset = in.offset();
    auto body = read_body(in, *type);
    if (!body) return {};
    out.body = *body;
    out.signed_part = evidence.first(in.offset());
    if (!limit_to_signature(judge, in) || !read_quoting_enclave(judge, in, out)) return {};
    return out;
}

} // namespace attest::dcap
