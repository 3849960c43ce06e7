// The launch of a guest: SNP_LAUNCH_START, UPDATE, FINISH (AMD 56860, 8.16 to 8.18).
#include "firmware/guest_context.hpp"

#include "base/bytes.hpp"
#include "base/conditions.hpp"
#include "base/rules.hpp"

#include <algorithm>

namespace model::firmware {

namespace {

constexpr std::uint64_t policy_smt = 1ULL << 16;
constexpr std::uint64_t policy_reserved_one = 1ULL << 17;
constexpr std::uint64_t policy_debug = 1ULL << 19;
constexpr std::uint64_t policy_one_socket = 1ULL << 20;
constexpr std::uint64_t policy_agent = 1ULL << 18;
constexpr std::uint64_t policy_known =
    0xffff | policy_smt | policy_reserved_one | policy_agent | policy_debug | policy_one_socket;

// ID block (table 70) and its authentication (table 71).
struct IdBlock {
    Sha384 launch_digest;             // 0x00
    std::array<std::byte, 16> family; // 0x30
    std::array<std::byte, 16> image;  // 0x40
    std::uint32_t version;            // 0x50
    std::uint32_t guest_svn;          // 0x54
    std::uint64_t policy;             // 0x58
};
static_assert(sizeof(IdBlock) == 96);
constexpr std::size_t auth_id_algorithm = 0x000;
constexpr std::size_t auth_author_algorithm = 0x004;
constexpr std::size_t auth_block_signature = 0x040;
constexpr std::size_t auth_id_key = 0x240;
constexpr std::size_t auth_id_key_signature = 0x680;
constexpr std::size_t auth_author_key = 0x880;
constexpr std::size_t public_key_size = 0x404;
constexpr std::uint32_t ecdsa_p384_sha384 = 1;
constexpr std::uint32_t curve_p384 = 2;

// What TEE_MODEL_HOST says that this command ends with.
Status told(std::string_view command) {
    return static_cast<Status>(Conditions::own().number(command, 0));
}

using Number = std::array<std::byte, 48>;
// 72 bytes, little-endian, of which 48 are used.
Number big_endian(std::span<std::byte const> from) {
    Number result{};
    std::ranges::reverse_copy(from.first(result.size()), result.begin());
    return result;
}

// `key`: curve, X, Y. `signature`: R, S.
bool verifies(
    std::span<std::byte const> signer,
    std::span<std::byte const> signature,
    std::span<std::byte const> text
) {
    if (load<std::uint32_t>(signer) != curve_p384) return false;
    auto const x = big_endian(signer.subspan(4));
    auto const y = big_endian(signer.subspan(4 + 72));
    return verify_p384(
        x, y, text, {.r = big_endian(signature), .s = big_endian(signature.subspan(72))}
    );
}

} // namespace

Status GuestContext::start(std::uint64_t policy, std::span<std::byte const, 16> gosvw) {
    if (state_ != State::None) return Status::InvalidGuestState;
    if ((policy & policy_reserved_one) == 0 || (policy & ~policy_known) != 0)
        return Status::InvalidParameter;
    auto const minimum_major = policy >> 8 & 0xff;
    auto const minimum_minor = policy & 0xff;
    if (minimum_major > api_major() ||
        (minimum_major == api_major() && minimum_minor > api_minor()))
        return Status::PolicyFailure;
    if ((platform_info() & 1) != 0 && (policy & policy_smt) == 0) return Status::PolicyFailure;
    if (auto const status = told("start"); status != Status::Success) return status;
    policy_ = broken(Rule::PolicyKept) ? policy | policy_debug : policy;
    std::ranges::copy(gosvw, gosvw_.begin());
    for (auto& key : vmpck_) fill_random(key);
    fill_random(memory_key_);
    fill_random(report_id_);
    state_ = State::Launching;
    ++contexts;
    return Status::Success;
}

// Table 68: version 3.
void GuestContext::fill_secrets(std::span<std::byte> page) const {
    std::ranges::fill(page, std::byte{});
    store(page, 0x00, std::uint32_t{3});
    store(page, 0x08, std::uint32_t{0x00a0'0f11});
    std::ranges::copy(gosvw_, page.subspan(0x10).begin());
    for (std::size_t i = 0; i < vmpck_.size(); ++i)
        std::ranges::copy(vmpck_.at(i), page.subspan(0x20 + 32 * i).begin());
    store(page, 0x160, tsc_factor);
    if (broken(Rule::SecretsPage)) page[0x20] ^= std::byte{1};
}

Status
GuestContext::update(PageType type, std::uint64_t guest_physical, std::span<std::byte> page) {
    if (state_ != State::Launching) return Status::InvalidGuestState;
    if (auto const status = told("update"); status != Status::Success) return status;
    if (type == PageType::Zero) std::ranges::fill(page, std::byte{});
    if (type == PageType::Secrets) fill_secrets(page);
    if (type == PageType::Cpuid && !correct_cpuid_page(page)) return Status::InvalidParameter;
    digest_.extend(type, guest_physical, page);
    return Status::Success;
}

Status GuestContext::check_id_block(Finish const& finish) {
    auto const block = load<IdBlock>(finish.id_block);
    auto const auth = finish.id_auth;
    if (block.version != 1 || load<std::uint32_t>(auth, auth_id_algorithm) != ecdsa_p384_sha384)
        return Status::InvalidParameter;
    auto const id_key = auth.subspan(auth_id_key, public_key_size);
    if (!verifies(id_key, auth.subspan(auth_block_signature), finish.id_block))
        return Status::BadSignature;
    if (finish.author_key) {
        auto const signer = auth.subspan(auth_author_key, public_key_size);
        if (load<std::uint32_t>(auth, auth_author_algorithm) != ecdsa_p384_sha384 ||
            !verifies(signer, auth.subspan(auth_id_key_signature), id_key))
            return Status::BadSignature;
        author_key_digest_ = sha384(signer);
        author_key_ = true;
    }
    if (block.launch_digest != digest_.value()) return Status::BadMeasurement;
    if (block.policy != policy_) return Status::PolicyFailure;
    id_key_digest_ = sha384(id_key);
    family_id_ = block.family;
    image_id_ = block.image;
    guest_svn_ = block.guest_svn;
    return Status::Success;
}

Status GuestContext::finish(Finish const& finish) {
    if (state_ != State::Launching) return Status::InvalidGuestState;
    if (auto const status = told("finish"); status != Status::Success) return status;
    if (!finish.id_block.empty())
        if (auto const status = check_id_block(finish); status != Status::Success) return status;
    host_data_ = finish.host_data;
    state_ = State::Running;
    return Status::Success;
}

} // namespace model::firmware
