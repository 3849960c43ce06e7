#include "signer/token.hpp"

#include "signer/pin.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

namespace signer {

namespace {

constexpr std::size_t most_slots = 1024;
constexpr std::size_t digest_size = 48;

std::unexpected<os::Failure> unusable(std::string text) {
    return std::unexpected(os::Failure{.name = "signer-unusable", .text = std::move(text)});
}

std::string code(CK_RV answer) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "0x";
    for (unsigned shift = 16; shift > 0; shift -= 4) out += digits[(answer >> (shift - 4)) & 0xf];
    return "PKCS #11 error " + out;
}

// Secp384r1 as an OBJECT IDENTIFIER in DER.
constexpr std::array<unsigned char, 7> p384{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
// An uncompressed point as an OCTET STRING in DER.
constexpr std::array<unsigned char, 3> point_begin{0x04, 0x61, 0x04};

std::string_view label_of(CK_TOKEN_INFO const& info) {
    // Safety: a field of 32 characters, filled up with spaces.
    std::string_view out{reinterpret_cast<char const*>(info.label), sizeof info.label};
    while (out.ends_with(' ')) out.remove_suffix(1);
    return out;
}

} // namespace

struct Token::Inside {
    void* library = nullptr;
    CK_FUNCTION_LIST* module = nullptr;
    bool begun = false;
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

    Inside() = default;
    Inside(Inside const&) = delete;
    Inside& operator=(Inside const&) = delete;
    ~Inside() {
        if (begun) module->C_Finalize(nullptr); // ends the session, too
        // The library stays: what it has started may still run in it.
    }

    os::OrFailure<void> load(std::string const& path);
    os::OrFailure<CK_SLOT_ID> find_slot(std::string const& token);
    os::OrFailure<void> log_in(CK_SLOT_ID slot, std::string const& pin_place);
    os::OrFailure<CK_OBJECT_HANDLE> find(CK_OBJECT_CLASS of, std::string const& label);
    os::OrFailure<std::vector<unsigned char>>
    attribute(CK_OBJECT_HANDLE of, CK_ATTRIBUTE_TYPE type, std::string const& label);
    os::OrFailure<Point> read_point(std::string const& label);
};

os::OrFailure<void> Token::Inside::load(std::string const& path) {
    library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        auto const* const why = ::dlerror();
        return unusable("the module '" + path + "' does not load: " + (why ? why : "no reason"));
    }
    // Safety: the one function that PKCS #11 names for a module to be found by.
    auto const list = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
    if (list == nullptr || list(&module) != CKR_OK || module == nullptr)
        return unusable("'" + path + "' is no PKCS #11 module");
    auto const answer = module->C_Initialize(nullptr);
    if (answer != CKR_OK) return unusable("the module does not start: " + code(answer));
    begun = true;
    return {};
}

os::OrFailure<CK_SLOT_ID> Token::Inside::find_slot(std::string const& token) {
    std::array<CK_SLOT_ID, most_slots> slots{};
    CK_ULONG count = slots.size();
    auto const answer = module->C_GetSlotList(CK_TRUE, slots.data(), &count);
    if (answer != CKR_OK) return unusable("the module lists no tokens: " + code(answer));
    std::optional<CK_SLOT_ID> found;
    for (auto const slot : std::span{slots}.first(std::min<std::size_t>(count, slots.size()))) {
        CK_TOKEN_INFO info{};
        if (module->C_GetTokenInfo(slot, &info) != CKR_OK || label_of(info) != token) continue;
        if (found) return unusable("two tokens have the label '" + token + '\'');
        if ((info.flags & (CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED)) != 0)
            return std::unexpected(
                os::Failure{
                    .name = "signer-pin-refused",
                    .text = "the token '" + token +
                            "' is locked, or one wrong PIN away from it; the PIN was not tried"
                }
            );
        found = slot;
    }
    if (!found) return unusable("there is no token with the label '" + token + '\'');
    return *found;
}

os::OrFailure<void> Token::Inside::log_in(CK_SLOT_ID slot, std::string const& pin_place) {
    auto const opened = module->C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session);
    if (opened != CKR_OK) return unusable("the token opens no session: " + code(opened));
    auto pin = read_pin(pin_place);
    if (!pin) return std::unexpected(std::move(pin).error());
    auto const bytes = pin->bytes();
    // Safety: a PIN is bytes of UTF-8, which the module only reads.
    auto const answer = module->C_Login(
        session, CKU_USER, reinterpret_cast<unsigned char*>(bytes.data()), bytes.size()
    );
    if (answer == CKR_OK || answer == CKR_USER_ALREADY_LOGGED_IN) return {};
    if (answer == CKR_PIN_INCORRECT || answer == CKR_PIN_LOCKED || answer == CKR_PIN_EXPIRED ||
        answer == CKR_PIN_LEN_RANGE || answer == CKR_PIN_INVALID)
        return std::unexpected(
            os::Failure{
                .name = "signer-pin-refused",
                .text = "the token does not take the PIN (" + code(answer) +
                        "), which is not tried again"
            }
        );
    return unusable("the token lets nobody in: " + code(answer));
}

os::OrFailure<CK_OBJECT_HANDLE> Token::Inside::find(CK_OBJECT_CLASS of, std::string const& label) {
    CK_KEY_TYPE kind = CKK_EC;
    auto text = label;
    std::array wanted{
        CK_ATTRIBUTE{CKA_CLASS, &of, sizeof of},
        CK_ATTRIBUTE{CKA_KEY_TYPE, &kind, sizeof kind},
        CK_ATTRIBUTE{CKA_LABEL, text.data(), text.size()},
    };
    std::array<CK_OBJECT_HANDLE, 2> found{};
    CK_ULONG count = 0;
    auto answer = module->C_FindObjectsInit(session, wanted.data(), wanted.size());
    if (answer == CKR_OK) {
        answer = module->C_FindObjects(session, found.data(), found.size(), &count);
        module->C_FindObjectsFinal(session);
    }
    if (answer != CKR_OK) return unusable("the token lists no keys: " + code(answer));
    auto const* const half = of == CKO_PRIVATE_KEY ? "private" : "public";
    if (count != 1)
        return unusable(
            std::string{count == 0 ? "there is no " : "there are several "} + half +
            " EC keys with the label '" + label + "' in the token"
        );
    return found[0];
}

os::OrFailure<std::vector<unsigned char>>
Token::Inside::attribute(CK_OBJECT_HANDLE of, CK_ATTRIBUTE_TYPE type, std::string const& label) {
    std::vector<unsigned char> out(256);
    CK_ATTRIBUTE wish{type, out.data(), out.size()};
    if (module->C_GetAttributeValue(session, of, &wish, 1) != CKR_OK ||
        wish.ulValueLen > out.size())
        return unusable("the token does not tell the public key '" + label + '\'');
    out.resize(wish.ulValueLen);
    return out;
}

os::OrFailure<Token::Point> Token::Inside::read_point(std::string const& label) {
    auto const half = TRY(find(CKO_PUBLIC_KEY, label));
    auto const curve = TRY(attribute(half, CKA_EC_PARAMS, label));
    if (!std::ranges::equal(curve, p384))
        return unusable("the key '" + label + "' is not one on P-384");
    auto const point = TRY(attribute(half, CKA_EC_POINT, label));
    Point out{};
    if (point.size() != point_begin.size() + out.size() ||
        !std::ranges::equal(std::span{point}.first(point_begin.size()), point_begin))
        return unusable("the public key '" + label + "' is no uncompressed point");
    std::ranges::copy(std::as_bytes(std::span{point}.subspan(point_begin.size())), out.begin());
    return out;
}

Token::Token(std::unique_ptr<Inside> inside) : inside_{std::move(inside)} {}
Token::Token(Token&&) noexcept = default;
Token::~Token() = default;

os::OrFailure<Token> Token::open(TokenWish const& wish) {
    Token out{std::make_unique<Inside>()};
    auto& inside = *out.inside_;
    TRY(inside.load(wish.module));
    auto const slot = TRY(inside.find_slot(wish.token));
    TRY(inside.log_in(slot, wish.pin_place));
    inside.key = TRY(inside.find(CKO_PRIVATE_KEY, wish.key));
    out.point_ = TRY(inside.read_point(wish.key));
    return out;
}

os::OrFailure<Token::Signature> Token::sign(base::View message) {
    auto& module = *inside_->module;
    auto const session = inside_->session;
    std::array<unsigned char, digest_size> digest{};
    CK_ULONG size = digest.size();
    CK_MECHANISM hash{CKM_SHA384, nullptr, 0};
    // Safety: the module only reads what is to be digested.
    auto* const text =
        const_cast<unsigned char*>(reinterpret_cast<unsigned char const*>(message.data()));
    auto answer = module.C_DigestInit(session, &hash);
    if (answer == CKR_OK)
        answer = module.C_Digest(session, text, message.size(), digest.data(), &size);
    Signature out{};
    CK_ULONG written = out.size();
    CK_MECHANISM ecdsa{CKM_ECDSA, nullptr, 0};
    if (answer == CKR_OK) answer = module.C_SignInit(session, &ecdsa, inside_->key);
    // Safety: std::byte may alias any object.
    if (answer == CKR_OK)
        answer = module.C_Sign(
            session, digest.data(), size, reinterpret_cast<unsigned char*>(out.data()), &written
        );
    if (answer == CKR_OK && size == digest.size() && written == out.size()) return out;
    return std::unexpected(
        os::Failure{
            .name = "signer-unavailable",
            .text =
                "the token does not sign" + (answer == CKR_OK ? std::string{} : ": " + code(answer))
        }
    );
}

} // namespace signer
