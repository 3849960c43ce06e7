// Guest messages (AMD 56860, chapter 7): reports and derived keys, under a VMPCK.
#include "base/bytes.hpp"
#include "base/conditions.hpp"
#include "base/rules.hpp"
#include "engine/processor.hpp"
#include "firmware/guest_context.hpp"

#include <algorithm>
#include <cstring>

namespace model::firmware {

namespace {

struct Header {                         // table 98
    std::array<std::byte, 32> authtag;  // 0x00
    std::uint64_t msg_seqno;            // 0x20
    std::uint64_t reserved_28;          // 0x28
    std::uint8_t algo;                  // 0x30
    std::uint8_t hdr_version;           // 0x31
    std::uint16_t hdr_sz;               // 0x32
    std::uint8_t msg_type;              // 0x34
    std::uint8_t msg_version;           // 0x35
    std::uint16_t msg_sz;               // 0x36
    std::uint32_t reserved_38;          // 0x38
    std::uint8_t msg_vmpck;             // 0x3c
    std::array<std::byte, 35> reserved; // 0x3d
};
static_assert(sizeof(Header) == 0x60);
constexpr std::size_t additional_at = 0x30; // authenticated, not encrypted

enum Type : std::uint8_t { KeyRequest = 3, ReportRequest = 5, TscInfoRequest = 17 };
constexpr std::uint8_t aes_256_gcm = 1;
constexpr std::uint32_t invalid_parameters = 0x16; // of a message's own status
constexpr std::uint32_t invalid_key = 0x27; // the key that is to be derived from is not there

struct ReportQuery {
    std::array<std::byte, 64> report_data;
    std::uint32_t vmpl;
    std::uint32_t key_select;
    std::array<std::byte, 24> reserved;
};
static_assert(sizeof(ReportQuery) == 96);
constexpr std::size_t report_at = 0x20;
// Of the report's flags.
constexpr std::uint32_t author_key_enabled = 1;
constexpr std::uint32_t chip_key_masked = 1U << 1;
constexpr std::uint32_t signed_by_vlek = 1U << 2;
constexpr std::uint32_t signed_by_nobody = 7U << 2;

struct KeyQuery {
    std::uint32_t root_key_select;
    std::uint32_t reserved;
    std::uint64_t guest_field_select;
    std::uint32_t vmpl;
    std::uint32_t guest_svn;
    Tcb tcb;
};
static_assert(sizeof(KeyQuery) == 32);
enum Field : std::uint8_t {
    Policy = 1,
    Image = 2,
    Family = 4,
    Measurement = 8,
    Svn = 16,
    TcbVersion = 32
};
constexpr std::uint64_t all_fields = 63;

// No part above the committed one: nobody gets a key of firmware that is yet to come.
bool committed(Tcb const& tcb) {
    auto const own = current_tcb();
    return tcb.boot_loader <= own.boot_loader && tcb.tee <= own.tee && tcb.snp <= own.snp &&
           tcb.microcode <= own.microcode && tcb.reserved == own.reserved;
}

template <std::size_t N>
void put_little_endian(std::array<std::byte, N>& to, std::array<std::byte, 48> const& from) {
    std::ranges::reverse_copy(from, to.begin());
}

} // namespace

std::size_t
GuestContext::report(std::span<std::byte const> request, std::span<std::byte> answer) const {
    auto const query = load<ReportQuery>(request);
    auto const& platform = Platform::own();
    // 0: the VLEK, if there is one; 1: the VCEK; 2: the VLEK.
    bool const no_such_key =
        query.key_select > 2 || (query.key_select == 2 && !Platform::has_vlek());
    if (query.vmpl > 3 || no_such_key) return store(answer, 0, invalid_parameters), report_at;
    bool const by_vlek = Platform::has_vlek() && query.key_select != 1;
    Report report{};
    report.version = 3;
    report.guest_svn = guest_svn_;
    report.policy = policy_;
    report.family_id = family_id_;
    report.image_id = image_id_;
    report.vmpl = query.vmpl;
    report.signature_algo = 1;
    report.current_tcb = report.reported_tcb = report.committed_tcb = report.launch_tcb =
        current_tcb();
    report.platform_info = platform_info();
    report.flags = (author_key_ ? author_key_enabled : 0) | (by_vlek ? signed_by_vlek : 0);
    bool const masked_key = Conditions::own().has("masked-key");
    if (masked_key) report.flags |= chip_key_masked | signed_by_nobody;
    if (!broken(Rule::ReportData)) report.report_data = query.report_data;
    report.measurement = digest_.value();
    report.host_data = host_data_;
    report.id_key_digest = id_key_digest_;
    report.author_key_digest = author_key_digest_;
    report.report_id = report_id_;
    report.report_id_ma.fill(std::byte{0xff});
    report.cpuid_fam_id = engine::family;
    report.cpuid_mod_id = engine::model_number;
    report.cpuid_step = engine::stepping;
    if (!Conditions::own().has("masked-chip")) report.chip_id = platform.chip_id();
    report.current_version = report.committed_version = {build_number, api_minor(), api_major(), 0};
    auto signature =
        masked_key ? Signature{} : platform.sign(bytes_of(report).first(signed_size), by_vlek);
    if (broken(Rule::ReportSignature)) signature.s[47] ^= std::byte{1};
    put_little_endian(report.signature_r, signature.r);
    put_little_endian(report.signature_s, signature.s);
    store(answer, 4, static_cast<std::uint32_t>(sizeof report));
    store(answer, report_at, report);
    return report_at + sizeof report;
}

std::size_t
GuestContext::derived_key(std::span<std::byte const> request, std::span<std::byte> answer) const {
    constexpr std::size_t size = 64;
    auto const query = load<KeyQuery>(request);
    bool const too_new = (query.guest_field_select & TcbVersion) != 0 && !committed(query.tcb);
    if (query.vmpl > 3 || query.guest_svn > guest_svn_ || (query.root_key_select & ~7U) != 0 ||
        (query.guest_field_select & ~std::uint64_t{all_fields}) != 0 || too_new)
        return store(answer, 0, invalid_parameters), size;
    // Of the VMRK, or of VLEK and VCEK as above.
    auto const selected = query.root_key_select >> 1;
    bool const of_platform = (query.root_key_select & 1) == 0;
    bool const no_such_key = selected > 2 || (selected == 2 && !Platform::has_vlek()) ||
                             Conditions::own().has("masked-key");
    if (of_platform && no_such_key) return store(answer, 0, invalid_key), size;
    // 1: the VMRK; 4: the VLEK; 0: the VCEK.
    auto const root = !of_platform ? 1U : Platform::has_vlek() && selected != 1 ? 4U : 0U;
    // Always mixed: the level, the host's data, the keys that vouch for the image. The rest where
    // the guest selects it.
    std::array<std::byte, 512> mixed{};
    std::size_t at = 0;
    auto const mix = [&](auto const& value) {
        store(mixed, at, value);
        at += sizeof value;
    };
    mix(root);
    mix(query.guest_field_select);
    mix(query.vmpl);
    mix(host_data_);
    mix(id_key_digest_);
    mix(author_key_digest_);
    if ((query.guest_field_select & Policy) != 0) mix(policy_);
    if ((query.guest_field_select & Image) != 0) mix(image_id_);
    if ((query.guest_field_select & Family) != 0) mix(family_id_);
    if ((query.guest_field_select & Measurement) != 0) mix(digest_.value());
    if ((query.guest_field_select & Svn) != 0) mix(query.guest_svn);
    if ((query.guest_field_select & TcbVersion) != 0) mix(query.tcb);
    auto key = derive(Platform::own().secret(), std::span{mixed}.first(at));
    if (broken(Rule::DerivedKey)) fill_random(key);
    store(answer, report_at, key);
    return size;
}

// Scale and offset of the counter for a VMSA that the guest makes itself: those of its others.
std::size_t GuestContext::tsc_info(std::span<std::byte> answer) {
    constexpr std::size_t size = 128;
    constexpr std::uint64_t scale_one = 1ULL << 32;
    store(answer, 0x08, scale_one);
    store(answer, 0x18, tsc_factor);
    return size;
}

Status GuestContext::message(std::span<std::byte const> request, std::span<std::byte> response) {
    if (state_ != State::Running) return Status::InvalidGuestState;
    auto const header = load<Header>(request);
    if (header.algo != aes_256_gcm || header.hdr_version != 1 || header.hdr_sz != sizeof(Header) ||
        header.msg_vmpck >= vmpck_.size())
        return Status::InvalidParameter;
    if (header.msg_sz > request.size() - sizeof(Header)) return Status::InvalidLength;
    auto& used = messages_.at(header.msg_vmpck);
    if (used >= ~std::uint64_t{0} - 2) return Status::AeadOverflow;
    if (header.msg_seqno != used + 1) return Status::InvalidParameter;
    auto const& key = vmpck_.at(header.msg_vmpck);
    std::array<std::byte, 4096> text{};
    auto const payload = std::span{text}.first(header.msg_sz);
    std::ranges::copy(request.subspan(sizeof(Header), header.msg_sz), payload.begin());
    auto const additional = request.subspan(additional_at, sizeof(Header) - additional_at);
    if (!open(
            {.key = key, .number = header.msg_seqno, .additional = additional},
            payload,
            std::span{header.authtag}.first<tag_size>()
        ))
        return Status::BadMeasurement;
    std::array<std::byte, 4096> answer{};
    std::size_t size = 0;
    if (header.msg_type == ReportRequest && payload.size() >= sizeof(ReportQuery))
        size = report(payload, answer);
    else if (header.msg_type == KeyRequest && payload.size() >= sizeof(KeyQuery))
        size = derived_key(payload, answer);
    else if (header.msg_type == TscInfoRequest && payload.size() >= 128)
        size = tsc_info(answer);
    else
        return Status::InvalidParameter;
    used += 2;
    Header reply{};
    reply.msg_seqno = used + (broken(Rule::SequenceNumber) ? 1 : 0);
    reply.algo = aes_256_gcm;
    reply.hdr_version = 1;
    reply.hdr_sz = sizeof(Header);
    reply.msg_type = static_cast<std::uint8_t>(header.msg_type + 1);
    reply.msg_version = 1;
    reply.msg_sz = static_cast<std::uint16_t>(size);
    reply.msg_vmpck = header.msg_vmpck;
    auto const clear = std::span{answer}.first(size);
    auto const authenticated = bytes_of(reply).subspan(additional_at);
    auto tag = seal({.key = key, .number = reply.msg_seqno, .additional = authenticated}, clear);
    if (broken(Rule::MessageTag)) tag[0] ^= std::byte{1};
    std::ranges::copy(tag, reply.authtag.begin());
    std::ranges::fill(response, std::byte{});
    store(response, 0, reply);
    std::ranges::copy(clear, response.subspan(sizeof(Header)).begin());
    return Status::Success;
}

} // namespace model::firmware
