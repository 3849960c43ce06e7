#include "attest/inspect/looks.hpp"

#include "attest/inspect/result_claims.hpp"
#include "attest/jose/jws.hpp"
#include "attest/measure/firmware.hpp"
#include "attest/measure/td_report.hpp"
#include "crypto/der.hpp"
#include "crypto/pem.hpp"
#include "hw/sgx/sigstruct.hpp"
#include "hw/snp/id_block.hpp"

#include <algorithm>
#include <string_view>

namespace attest::inspect {

namespace {

template <base::Wire T> std::optional<T> exactly(base::View front, std::size_t size) {
    if (size != sizeof(T)) return {};
    return base::take<T>(front);
}

// Passes the tag and the length of a SEQUENCE, whatever the length says: the rest may be cut off.
bool skip_sequence_head(base::View& left) {
    if (left.size() < 2 || left[0] != std::byte(crypto::Tag::Sequence)) return false;
    auto const first = std::to_integer<std::size_t>(left[1]);
    auto const size = 2 + (first > 0x80 ? first - 0x80 : 0);
    if (left.size() < size) return false;
    left = left.subspan(size);
    return true;
}

// The first byte of what is signed, inside both SEQUENCEs.
std::optional<std::byte> first_signed_tag(base::View der) {
    if (!skip_sequence_head(der) || !skip_sequence_head(der) || der.empty()) return {};
    return der.front();
}

} // namespace

bool looks_like_td_report(base::View front, std::size_t size) {
    if (size != sizeof(hw::tdx::TdReport) || front.size() < size) return false;
    return front[0] == std::byte{hw::tdx::report_type_tdx} || measure::headless_td_report(front);
}

bool looks_like_id_block(base::View front, std::size_t size) {
    constexpr std::uint64_t must_be_one = 1ULL << 17; // 4.3, guest policy
    constexpr unsigned first_reserved = 26;
    auto const block = exactly<hw::snp::IdBlock>(front, size);
    return block && block->version == 1U && (block->policy & must_be_one) != 0 &&
           block->policy >> first_reserved == 0;
}

bool looks_like_id_auth(base::View front, std::size_t size) {
    auto const auth = exactly<hw::snp::IdAuth>(front, size);
    return auth && auth->id_key_algo <= 1U && auth->author_key_algo <= 1U &&
           auth->id_key.curve == hw::snp::curve_p384;
}

bool looks_like_id_key_signature(base::View front, std::size_t size) {
    auto const signature = exactly<hw::snp::IdKeyEndorsement>(front, size);
    return signature && signature->author_key.curve == hw::snp::curve_p384;
}

// X.509 in DER begins with [0] version; a version 1 certificate, with its serial, is a list here,
// which says what is wrong with it.
bool looks_like_certificates(base::View front, std::size_t) {
    if (crypto::looks_like_pem(front))
        return base::text_of(front).starts_with("-----BEGIN CERTIFICATE-----") ||
               base::text_of(front).starts_with("-----BEGIN X509 CRL-----");
    return first_signed_tag(front) == std::byte(crypto::context_constructed(0));
}

bool looks_like_revocation_list(base::View front, std::size_t) {
    // INTEGER 1: version 2. A certification request has 0 there.
    if (first_signed_tag(front) != std::byte(crypto::Tag::Integer)) return false;
    (void)skip_sequence_head(front);
    (void)skip_sequence_head(front);
    return front.size() >= 3 && front[1] == std::byte{1} && front[2] == std::byte{1};
}

bool looks_like_collateral(base::View front, std::size_t) {
    auto const text = base::text_of(front);
    auto const begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || text[begin] != '{') return false;
    return text.contains("\"tcbInfo\"") || text.contains("\"enclaveIdentity\"");
}

bool looks_like_sigstruct_body(base::View front, std::size_t size) {
    constexpr std::uint64_t x87_and_sse = 3; // XFRM has both, or ECREATE fails
    auto const body = exactly<hw::sgx::SigstructBody>(front, size);
    return body && base::all_zero(body->reserved_38e) && base::all_zero(body->reserved_3e0) &&
           (body->attributes.xfrm & x87_and_sse) == x87_and_sse;
}

// An image is longer than its front; then the volume that it begins with tells.
bool looks_like_firmware(base::View front, std::size_t size) {
    constexpr std::string_view volume = "_FVH";
    if (front.size() == size && measure::ends_as_firmware(front)) return true;
    return front.size() >= hw::firmware::volume_signature_offset + volume.size() &&
           base::text_of(front).substr(hw::firmware::volume_signature_offset).starts_with(volume);
}

bool looks_like_attestation_result(base::View front, std::size_t size) {
    return front.size() == size && (jose::looks_like_jws(front) || looks_like_ear_cwt(front));
}

// Nothing tells but the size; a text or a module of that size is one.
bool looks_like_report_data(base::View front, std::size_t size) {
    constexpr std::size_t report_data_size = 64;
    auto const text = [](std::byte b) {
        auto const c = std::to_integer<unsigned>(b);
        return (c >= 0x20 && c != 0x7f) || c == '\n' || c == '\r' || c == '\t';
    };
    return size == report_data_size && front.size() == size &&
           !base::text_of(front).starts_with(std::string_view{"\0asm", 4}) &&
           !std::ranges::all_of(front, text);
}

bool looks_like_page_list(base::View front, std::size_t) {
    auto const text = base::text_of(front);
    auto const begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || (text[begin] != '[' && text[begin] != '{')) return false;
    return text.contains("\"pages\"") && text.contains("\"gpa\"");
}

} // namespace attest::inspect
